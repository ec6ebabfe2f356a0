#include "net/address.hpp"

#include <gtest/gtest.h>

namespace atalaya::net {
namespace {

std::string canonical(std::string_view text) {
    const auto address = parse_address(text);
    return address ? to_string(*address) : "none";
}

TEST(Address, HasOneForm) {
    EXPECT_EQ(canonical("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(canonical("2001:DB8:0:0::1"), "2001:db8::1");
    for (const std::string_view bad :
         {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "a", "::1%lo", "[::1]", " ::1"})
        EXPECT_EQ(canonical(bad), "none") << bad;
    EXPECT_EQ(canonical(std::string_view("1.2.3.4\0", 8)), "none");
}

TEST(Address, KnowsLoopback) {
    EXPECT_TRUE(parse_address("127.9.9.9")->is_loopback());
    EXPECT_TRUE(parse_address("::1")->is_loopback());
    EXPECT_FALSE(parse_address("0.0.0.0")->is_loopback());
    EXPECT_FALSE(parse_address("::")->is_loopback());
}

bool in(std::string_view network, std::string_view address) {
    return parse_network(network)->contains(*parse_address(address));
}

TEST(Network, HoldsItsAddresses) {
    EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(in("10.1.2.128/25", "10.1.2.255"));
    EXPECT_FALSE(in("10.1.2.128/25", "10.1.2.127"));
    EXPECT_TRUE(in("10.1.2.3", "::ffff:10.1.2.3"));
    EXPECT_FALSE(in("10.1.2.3", "10.1.2.2"));
    EXPECT_TRUE(in("0.0.0.0/0", "255.1.1.1"));
    EXPECT_FALSE(in("0.0.0.0/0", "::1"));
    EXPECT_TRUE(in("fc00::/7", "fdff::1"));
    EXPECT_FALSE(in("fd00::/8", "fe00::1"));
    EXPECT_TRUE(in("::/0", "::1"));
    EXPECT_FALSE(in("::/0", "1.2.3.4"));
    for (const std::string_view bad :
         {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "fd00::1/8", "::/129", "x/8"})
        EXPECT_FALSE(parse_network(bad)) << bad;
}

TEST(Endpoint, IsAddressAndPortOrPath) {
    EXPECT_EQ(parse_endpoint("127.0.0.1:8443")->port, 8443);
    EXPECT_EQ(to_string(parse_endpoint("[::1]:0")->address), "::1");
    EXPECT_EQ(parse_endpoint("unix:/run/x")->unix_path, "/run/x");
    for (const std::string_view bad :
         {"", "8443", "127.0.0.1", "127.0.0.1:", "::1:80", "[127.0.0.1]:80", "127.0.0.1:65536",
          "127.0.0.1:080", "localhost:80", "unix:run", "unix:"})
        EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

std::string client(const std::vector<std::string_view>& forwarded_for) {
    const auto proxies = parse_trusted_proxies({"10.0.0.0/8", "unix"});
    const auto found = find_client(forwarded_for, *proxies);
    return found ? to_string(*found) : "denied";
}

// The rightmost hop that is not trusted: everything left of it is the client's own invention.
TEST(Client, IsTheRightmostHopThatIsNotTrusted) {
    EXPECT_EQ(client({"192.0.2.7"}), "192.0.2.7");
    EXPECT_EQ(client({"198.51.100.1, 192.0.2.7"}), "192.0.2.7");
    EXPECT_EQ(client({"192.0.2.7, 10.1.1.1,10.2.2.2"}), "192.0.2.7");
    EXPECT_EQ(client({"198.51.100.1", "192.0.2.7", "10.2.2.2"}), "192.0.2.7");
    EXPECT_EQ(client({"10.9.9.9, 10.1.1.1"}), "10.9.9.9");
    EXPECT_EQ(client({"::ffff:192.0.2.7"}), "192.0.2.7");
    EXPECT_EQ(client({"garbage, 192.0.2.7"}), "192.0.2.7");
    EXPECT_EQ(client({"192.0.2.7, garbage"}), "denied");
    EXPECT_EQ(client({"192.0.2.7, "}), "denied");
    EXPECT_EQ(client({"192.0.2.7, unknown, 10.1.1.1"}), "denied");
}

TEST(Host, LosesItsPort) {
    EXPECT_EQ(host_without_port("a:1"), "a");
    EXPECT_EQ(host_without_port("[::1]:1"), "[::1]");
    EXPECT_EQ(host_without_port("[::1]"), "[::1]");
}

TEST(Address, ClientsAreGroupedByWhatOneOfThemHolds) {
    EXPECT_EQ(to_client_group("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(to_client_group("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(to_client_group("2001:db8:1:2::7"), "2001:db8:1:2::/64");
    EXPECT_EQ(to_client_group("2001:db8:1:2:ffff:ffff:ffff:ffff"), "2001:db8:1:2::/64");
    EXPECT_NE(to_client_group("2001:db8:1:3::7"), to_client_group("2001:db8:1:2::7"));
    EXPECT_EQ(to_client_group("unix"), "unix");
}

} // namespace
} // namespace atalaya::net
