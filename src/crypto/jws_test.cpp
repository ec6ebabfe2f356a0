#include "base/text.hpp"
#include "crypto/jws.hpp"

#include <gtest/gtest.h>

namespace atalaya::crypto {
namespace {

Bytes decode(std::string_view text) { return parse_base64url(text).value(); }

// RFC 7515, appendix A.3.
const std::string es256_text =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
    "LmNvbS9pc19yb290Ijp0cnVlfQ";
const char* const es256_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
    "pmWQxfKTUJqPP3-Kg6NU1Q";
const char* const es256_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const char* const es256_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

// RFC 7515, appendix A.2.
const std::string rs256_text =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
    "LmNvbS9pc19yb290Ijp0cnVlfQ";
const char* const rs256_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const char* const rs256_n =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4"
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re"
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX"
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

// RFC 8037, appendix A.4.
const std::string eddsa_text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
const char* const eddsa_signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5B"
    "hVsPt9g7sVvpAr_MuM0KAg";
const char* const eddsa_x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

JwsKey p256() { return JwsKey::from_p256(decode(es256_x), decode(es256_y)).value(); }
JwsKey rsa() { return JwsKey::from_rsa(decode(rs256_n), decode("AQAB")).value(); }
JwsKey ed25519() { return JwsKey::from_ed25519(decode(eddsa_x)).value(); }

TEST(Jws, TheVectorsOfTheStandardsHold) {
    using enum SignatureAlgorithm;
    EXPECT_TRUE(p256().verify(es256, es256_text, decode(es256_signature)));
    EXPECT_TRUE(rsa().verify(rs256, rs256_text, decode(rs256_signature)));
    EXPECT_TRUE(ed25519().verify(eddsa, eddsa_text, decode(eddsa_signature)));
}

TEST(Jws, AKeyServesItsOwnAlgorithmsOnly) {
    using enum SignatureAlgorithm;
    EXPECT_FALSE(rsa().verify(ps256, rs256_text, decode(rs256_signature)));
    EXPECT_FALSE(rsa().verify(es256, rs256_text, decode(rs256_signature)));
    EXPECT_FALSE(p256().verify(eddsa, es256_text, decode(es256_signature)));
    EXPECT_FALSE(ed25519().verify(rs256, eddsa_text, decode(eddsa_signature)));
}

TEST(Jws, AnyOtherTextOrSignatureIsWrong) {
    using enum SignatureAlgorithm;
    for (std::size_t bit = 0; bit < 64 * 8; bit += 7) {
        Bytes signature = decode(es256_signature);
        signature[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(p256().verify(es256, es256_text, signature));
        signature = decode(eddsa_signature);
        signature[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(ed25519().verify(eddsa, eddsa_text, signature));
    }
    for (const std::size_t size : {0, 1, 63, 65, 512}) {
        const Bytes other(size);
        EXPECT_FALSE(p256().verify(es256, es256_text, other));
        EXPECT_FALSE(rsa().verify(rs256, rs256_text, other));
        EXPECT_FALSE(ed25519().verify(eddsa, eddsa_text, other));
    }
    EXPECT_FALSE(p256().verify(es256, es256_text, Bytes(64))); // CVE-2022-21449
    EXPECT_FALSE(rsa().verify(rs256, rs256_text + "x", decode(rs256_signature)));
}

TEST(Jws, OnlyAlgorithmsWithAPublicKeyHaveAName) {
    for (const char* name :
         {"none", "None", "HS256", "HS512", "RS1", "rs256", "ES256K", "RS384", ""})
        EXPECT_FALSE(parse_signature_algorithm(name)) << name;
}

TEST(Jws, UnsoundKeysAreRefused) {
    EXPECT_FALSE(JwsKey::from_p256(Bytes(32), Bytes(32)));
    Bytes off_curve = decode(es256_y);
    off_curve[31] ^= 1;
    EXPECT_FALSE(JwsKey::from_p256(decode(es256_x), off_curve));
    EXPECT_FALSE(JwsKey::from_p256(decode(es256_x), Bytes(31)));
    Bytes modulus = decode(rs256_n);
    EXPECT_FALSE(JwsKey::from_rsa(modulus, Bytes{1}));
    EXPECT_FALSE(JwsKey::from_rsa(modulus, Bytes{2}));
    EXPECT_FALSE(JwsKey::from_rsa(modulus, Bytes{}));
    EXPECT_FALSE(JwsKey::from_rsa(modulus, Bytes(9, 0xff)));
    modulus.back() = static_cast<std::uint8_t>(modulus.back() ^ 1);
    EXPECT_FALSE(JwsKey::from_rsa(modulus, decode("AQAB")));
    EXPECT_FALSE(JwsKey::from_rsa(Bytes(128, 0xff), decode("AQAB")));
    EXPECT_FALSE(JwsKey::from_rsa(Bytes(4096, 0xff), decode("AQAB")));
    EXPECT_FALSE(JwsKey::from_rsa(Bytes{}, Bytes{}));
    EXPECT_FALSE(JwsKey::from_ed25519(Bytes(31)));
}

} // namespace
} // namespace atalaya::crypto
