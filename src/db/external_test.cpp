#include "db/external.hpp"

#include <gtest/gtest.h>

namespace atalaya::db {
namespace {

TEST(External, TakesTheOperatorsTextApart) {
    const ExternalServer server =
        parse_external("postgresql://boss:se%27cret@db1:5433,db2:5434/watch?sslmode=verify-full&"
                       "target_session_attrs=any");
    EXPECT_EQ(server.administrator, "boss");
    EXPECT_EQ(server.database, "watch");
    EXPECT_EQ(server.password.reveal_text(), "se'cret");
    EXPECT_EQ(server.hosts, "host='db1,db2' port='5433,5434' sslmode='verify-full' "
                            "tcp_user_timeout=15000 target_session_attrs=read-write");
    EXPECT_EQ(server.administrator_dsn(), server.hosts + " password='se\\'cret'");
}

TEST(External, NeedsNoMoreThanAHost) {
    const ExternalServer server = parse_external("host=/run/pg tcp_user_timeout=5000");
    EXPECT_EQ(server.administrator, "");
    EXPECT_EQ(server.database, "atalaya");
    EXPECT_EQ(server.hosts,
              "host='/run/pg' tcp_user_timeout='5000' target_session_attrs=read-write");
    EXPECT_EQ(server.administrator_dsn(), server.hosts);
}

TEST(External, DoesNotRepeatWhatItCannotRead) {
    try {
        parse_external("password=hush hush");
        FAIL();
    } catch (const StartRefused& refused) {
        EXPECT_EQ(refused.code, "database_dsn");
        EXPECT_EQ(std::string(refused.what()).find("hush"), std::string::npos);
    }
}

TEST(External, RefusesReleasesThatLeakPastRowSecurity) {
    for (const int version : {90624, 140019, 150013, 160009, 170005})
        EXPECT_TRUE(find_version_fault(version)) << version;
    for (const int version : {150014, 150020, 160010, 170006, 180000})
        EXPECT_FALSE(find_version_fault(version)) << version;
    EXPECT_NE(find_version_fault(150013)->find("15.13; 15.14 or newer"), std::string::npos);
}

} // namespace
} // namespace atalaya::db
