#include "crypto/aead.hpp"

#include "base/text.hpp"
#include "crypto/hash.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <thread>

namespace atalaya::crypto {
namespace {

const std::string_view nonce_text = "ABCDEFGHIJKLMNOPQRSTUVWX";

Secret key_of(std::uint8_t byte) { return Secret(Bytes(32, byte)); }

Bytes shake128(BytesView input, std::size_t size) {
    Bytes out(size);
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_shake128(), nullptr);
    EVP_DigestUpdate(context, input.data(), input.size());
    EVP_DigestFinalXOF(context, out.data(), out.size());
    EVP_MD_CTX_free(context);
    return out;
}

// The vectors of https://c2sp.org/XAES-256-GCM: the derived subkey with its top bit clear, and set.
TEST(Xaes, PublishedVectors) {
    const Bytes first =
        seal(key_of(1), as_bytes(nonce_text), as_bytes("XAES-256-GCM"), as_bytes(""));
    EXPECT_EQ(to_hex(first), "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
    const Bytes second = seal(key_of(3), as_bytes(nonce_text), as_bytes("XAES-256-GCM"),
                              as_bytes("c2sp.org/XAES-256-GCM"));
    EXPECT_EQ(to_hex(second), "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
}

// The accumulated vector of the same page: ten thousand messages of random shape in one value.
TEST(Xaes, AccumulatedVector) {
    const Bytes stream = shake128({}, 10'000 * (32 + 24 + 2 + 2 * 255));
    Reader source(stream);
    Bytes all;
    for (int round = 0; round < 10'000; ++round) {
        const Secret key(to_bytes(source.raw(32)));
        const BytesView nonce = source.raw(24);
        const BytesView plain = source.raw(source.u8());
        const BytesView aad = source.raw(source.u8());
        const Bytes sealed = seal(key, nonce, plain, aad);
        ASSERT_EQ(open(key, nonce, sealed, aad), to_bytes(plain));
        all.insert(all.end(), sealed.begin(), sealed.end());
    }
    EXPECT_EQ(to_hex(shake128(all, 32)),
              "e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939");
}

TEST(Xaes, OpensOnlyWhatWasSealedSo) {
    const Bytes nonce = to_bytes(nonce_text);
    const Bytes sealed = seal(key_of(1), nonce, as_bytes("body"), as_bytes("place"));
    ASSERT_EQ(open(key_of(1), nonce, sealed, as_bytes("place")), to_bytes("body"));
    EXPECT_FALSE(open(key_of(2), nonce, sealed, as_bytes("place")));
    EXPECT_FALSE(open(key_of(1), nonce, sealed, as_bytes("elsewhere")));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        Bytes altered = sealed;
        altered[i] ^= 1;
        EXPECT_FALSE(open(key_of(1), nonce, altered, as_bytes("place"))) << i;
        EXPECT_FALSE(open(key_of(1), nonce, BytesView(sealed).first(i), as_bytes("place"))) << i;
    }
    for (std::size_t i = 0; i < nonce.size(); ++i) {
        Bytes altered = nonce;
        altered[i] ^= 1;
        EXPECT_FALSE(open(key_of(1), altered, sealed, as_bytes("place"))) << i;
    }
    EXPECT_FALSE(open(key_of(1), BytesView(nonce).first(23), sealed, as_bytes("place")));
    // A refusal leaves nothing behind that would disturb the next message of this thread.
    EXPECT_EQ(open(key_of(1), nonce, sealed, as_bytes("place")), to_bytes("body"));
}

TEST(Xaes, ThreadsDoNotDisturbEachOther) {
    const auto work = [](std::uint8_t byte) {
        const Secret key = key_of(byte);
        for (int round = 0; round < 2000; ++round) {
            const Bytes sealed = seal(key, as_bytes(nonce_text), as_bytes("body"), {});
            ASSERT_EQ(open(key, as_bytes(nonce_text), sealed, {}), to_bytes("body"));
        }
    };
    std::thread other([&] { work(7); });
    work(8);
    other.join();
}

} // namespace
} // namespace atalaya::crypto
