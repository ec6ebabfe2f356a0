#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

TEST(Digest, HashesLikeTheOtherImplementation) {
    for (const std::size_t size : {0, 1, 31, 55, 56, 63, 64, 65, 127, 1000, 100'000}) {
        const Bytes data(size, static_cast<std::uint8_t>(size));
        const Hash expected = Sha256().update(data).finish();
        EXPECT_EQ(Digest().update(data).finish(), expected) << size;
        Digest pieces;
        for (const std::uint8_t byte : data)
            pieces.u8(byte);
        EXPECT_EQ(pieces.finish(), expected) << size;
        for (const std::size_t key_size : {0, 16, 32, 64, 65, 200}) {
            const Bytes key(key_size, 7);
            const HmacKey prepared(key);
            for (int again = 0; again < 2; ++again)
                EXPECT_EQ(prepared.finish(prepared.begin().update(data)), hmac_sha256(key, data));
            if (key_size > 64)
                continue;
            const BytesView whole(data);
            EXPECT_EQ(hmac_of(key, whole.first(size / 3), whole.subspan(size / 3)),
                      hmac_sha256(key, data));
        }
    }
}

TEST(Digest, WritesNumbersTheLargeEndFirst) {
    const Bytes eight{1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(Digest().u64(0x0102030405060708).finish(), Digest().update(eight).finish());
}

} // namespace
} // namespace atalaya::crypto
