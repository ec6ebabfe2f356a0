#include "agent/footprint.hpp"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace atalaya::agent {

namespace {

/// Only segments that nobody can have written to, and of them only whole pages.
int give_back_object(dl_phdr_info* object, std::size_t, void*) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W))
            continue;
        const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t from = (start + page - 1) / page * page;
        const std::uintptr_t to = (start + segment.p_memsz) / page * page;
        if (from < to)
            ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void give_back_startup_memory() {
    ::dl_iterate_phdr(&give_back_object, nullptr);
    ::malloc_trim(0);
}

} // namespace atalaya::agent
