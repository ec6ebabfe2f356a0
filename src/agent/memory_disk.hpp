// A disk for tests: in memory, with a knife. It can stop the program at any step of its work, and
// lose what was not synced as a loss of power does.
#pragma once

#include "agent/disk.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <random>

namespace atalaya::agent {

/// Thrown in the middle of an operation: the program ends here.
struct Crash {};

class MemoryDisk final : public Disk {
  public:
    struct File {
        Bytes content{};
        std::size_t synced = 0;
    };
    std::map<std::string, File> files;
    bool full = false;

    /// The operation after `operations` more is cut short in the middle.
    void crash_after(std::uint64_t operations) { left_ = operations; }
    void never_crash() { left_ = std::numeric_limits<std::uint64_t>::max(); }

    template <class Generator>
    void lose_power(Generator& random) {
        // A removal that never reached the disk is undone.
        for (auto& [name, file] : removed_) {
            if (random() % 2)
                files.emplace(name, file);
        }
        removed_.clear();
        for (auto& [name, file] : files) {
            const std::size_t unsynced = file.content.size() - file.synced;
            file.content.resize(file.synced + random() % (unsynced + 1));
            file.synced = file.content.size();
        }
    }

    std::vector<std::string> list() override {
        std::vector<std::string> names;
        for (const auto& [name, file] : files)
            names.push_back(name);
        return names;
    }
    std::optional<Bytes> read(const std::string& name) override {
        const auto file = files.find(name);
        return file == files.end() ? std::nullopt : std::optional(file->second.content);
    }
    bool create(const std::string& name, BytesView content) override {
        if (full)
            return false;
        step([] {});
        files[name] = {to_bytes(content), content.size()};
        removed_.clear(); // the directory is synced
        step([] {});
        return true;
    }
    bool append(const std::string& name, BytesView bytes) override {
        if (full)
            return false;
        Bytes& content = files.at(name).content;
        step([&] {
            const BytesView half = bytes.first(bytes.size() / 2);
            content.insert(content.end(), half.begin(), half.end());
        });
        content.insert(content.end(), bytes.begin(), bytes.end());
        step([] {});
        return true;
    }
    bool sync(const std::string& name) override {
        if (full)
            return false;
        step([] {});
        files.at(name).synced = files.at(name).content.size();
        step([] {});
        return true;
    }
    bool truncate(const std::string& name, std::size_t size) override {
        step([] {});
        File& file = files.at(name);
        file.content.resize(size);
        file.synced = size;
        return true;
    }
    void remove(const std::string& name) override {
        step([] {});
        if (const auto node = files.find(name); node != files.end()) {
            removed_[name] = std::move(node->second);
            files.erase(node);
        }
        step([] {});
    }

  private:
    template <class Half>
    void step(Half half_done) {
        if (left_ == 0) {
            half_done();
            throw Crash{};
        }
        --left_;
    }

    std::map<std::string, File> removed_;
    std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
};

/// Random numbers from a seed.
class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : generator_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        std::ranges::generate(out, [&] { return static_cast<std::uint8_t>(generator_()); });
    }

  private:
    std::mt19937_64 generator_;
};

} // namespace atalaya::agent
