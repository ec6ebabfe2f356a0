// Makes many things on two threads while one of them uses what is made: for what can be made in any
// order, but used by one thread only.
//
// The second thread lives for the call. `make(i, thing)` runs on either, for each i once; `use(i,
// thing)` on the caller's alone, in no order. What one of them throws ends it all and is thrown on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace atalaya {

template <class Thing, class Make, class Use>
class MakeAhead {
  public:
    MakeAhead(std::size_t count, const Make& make, const Use& use)
        : count_(count), make_(make), use_(use) {}

    void run() {
        std::jthread second([this] { make_for_other(); });
        try {
            while (use_next()) {
            }
        } catch (...) {
            end(std::current_exception());
        }
        second.join();
        if (failure_)
            std::rethrow_exception(failure_);
    }

  private:
    /// So many wait at most until they are used.
    static constexpr std::size_t ready_max = 8;
    struct Ready {
        std::size_t i;
        Thing thing;
    };

    void make_for_other() {
        try {
            Ready made{};
            while (begin_for_other(made)) {
                make_(made.i, made.thing);
                const std::lock_guard lock(mutex_);
                ready_.push_back(std::move(made));
                is_making_ = false;
                changed_.notify_one();
            }
        } catch (...) {
            end(std::current_exception());
        }
    }

    bool begin_for_other(Ready& made) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready_.size() < ready_max || next_ >= count_; });
        if (next_ >= count_)
            return false;
        made.i = next_++;
        if (!spare_.empty()) {
            made.thing = std::move(spare_.back());
            spare_.pop_back();
        }
        return is_making_ = true;
    }

    /// Takes what the other thread made, or else makes the next one itself.
    bool use_next() {
        std::unique_lock lock(mutex_);
        if (ready_.empty() && next_ < count_) {
            own_.i = next_++;
            lock.unlock();
            make_(own_.i, own_.thing);
            use_(own_.i, own_.thing);
            return true;
        }
        changed_.wait(lock, [&] { return !ready_.empty() || !is_making_; });
        if (ready_.empty())
            return false;
        Ready taken = std::move(ready_.back());
        ready_.pop_back();
        changed_.notify_one();
        lock.unlock();
        use_(taken.i, taken.thing);
        lock.lock();
        spare_.push_back(std::move(taken.thing));
        return true;
    }

    void end(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (!failure_)
            failure_ = std::move(failure);
        next_ = count_;
        ready_.clear();
        is_making_ = false;
        changed_.notify_one();
    }

    const std::size_t count_;
    const Make& make_;
    const Use& use_;
    Ready own_{};
    std::mutex mutex_; ///< over all below
    std::condition_variable changed_;
    std::size_t next_ = 0; ///< what nobody began to make
    std::vector<Ready> ready_;
    std::vector<Thing> spare_; ///< what was used, so that its memory serves again
    bool is_making_ = false;   ///< the second thread
    std::exception_ptr failure_;
};

template <class Thing, class Make, class Use>
void make_ahead(std::size_t count, const Make& make, const Use& use) {
    MakeAhead<Thing, Make, Use>(count, make, use).run();
}

} // namespace atalaya
