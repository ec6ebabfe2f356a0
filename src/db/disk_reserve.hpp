// Room kept beside the database, so that a full disk ends changes and nothing else.
//
// Without a byte left PostgreSQL can open no session, sort nothing and ends at its next checkpoint.
// So a file of `reserve_bytes` holds room; when less than `low_bytes` are left, the file is given
// back to the disk and is_low() says that changes have to wait until there is plenty again. On a
// file system that compresses or copies on write the file may hold less than its size.
//
// Owned by the program. look() is for one thread at a time: the one that start() makes, or a test;
// is_low() for any. Nothing throws; what changes is logged.
#pragma once

#include "base/background_task.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace atalaya::db {

/// Its name in PostgresOptions::directory.
inline constexpr const char* disk_reserve_file = "reserve";

struct DiskReserveOptions {
    std::filesystem::path file;
    std::uint64_t reserve_bytes = 128'000'000;
    std::uint64_t low_bytes = 64'000'000;
    /// Bytes free for us; empty: what the file's disk has.
    std::function<std::uint64_t()> free_bytes{};
};

class DiskReserve {
  public:
    explicit DiskReserve(DiskReserveOptions options);

    /// Looks at once, then every second until the object goes.
    void start();
    void look();
    bool is_low() const { return low_; }

  private:
    void hold();
    void give_back();

    const DiskReserveOptions options_;
    bool held_ = false;
    std::atomic<bool> low_ = false;
    BackgroundTask task_;
};

} // namespace atalaya::db
