#include "crypto/timestamp.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

// Answers of a real authority are in the end-to-end tests; here is what never gets so far.

TEST(Timestamp, AsksAsTheStandardSays) {
    Hash imprint{};
    imprint.fill(0xab);
    const Bytes query = make_timestamp_query(imprint, 0x1122334455667788);
    // SEQUENCE, version 1, SEQUENCE of SHA-256 and the imprint, the number, the wish for
    // certificates.
    const std::string_view before("\x30\x43\x02\x01\x01\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65"
                                  "\x03\x04\x02\x01\x05\x00\x04\x20",
                                  24);
    const std::string_view behind("\x02\x08\x11\x22\x33\x44\x55\x66\x77\x88\x01\x01\xff", 13);
    EXPECT_EQ(as_text(query),
              std::string(before) + std::string(as_text(imprint)) + std::string(behind));
}

TEST(Timestamp, TakesNothingElseForAnAnswerOrAToken) {
    const Bytes query = make_timestamp_query(Hash{}, 1);
    const Bytes refusal = to_bytes(std::string_view("\x30\x05\x30\x03\x02\x01\x02", 7));
    const Bytes granted_nothing = to_bytes(std::string_view("\x30\x05\x30\x03\x02\x01\x00", 7));
    Bytes trailing = refusal;
    trailing.push_back(0);
    for (const Bytes& answer : {Bytes{}, query, refusal, granted_nothing, trailing,
                                Bytes(timestamp_bytes_max + 1, 0x30)}) {
        EXPECT_FALSE(accept_timestamp_answer(answer, query, "", Time{}));
        EXPECT_FALSE(parse_timestamp(answer));
        EXPECT_FALSE(verify_timestamp(answer, ""));
    }
}

} // namespace
} // namespace atalaya::crypto
