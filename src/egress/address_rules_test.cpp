#include "egress/address_rules.hpp"

#include <cstdio>
#include <gtest/gtest.h>
#include <random>

namespace atalaya::egress {
namespace {

AddressRules open(std::initializer_list<std::string_view> networks) {
    AddressRules rules;
    for (const std::string_view network : networks)
        rules.opened.push_back(parse_network(network).value());
    return rules;
}

bool is_denied(std::string_view address, const AddressRules& rules = {}) {
    return find_denial(parse_address(address).value(), rules).has_value();
}

struct Range {
    const char *before, *first, *last, *behind; ///< before and behind: "" where another range is
    bool openable;
};

constexpr std::array ranges{
    Range{"", "0.0.0.0", "0.255.255.255", "1.0.0.0", false},
    Range{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0", true},
    Range{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0", true},
    Range{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0", true},
    Range{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0", false},
    Range{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", true},
    Range{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0", true},
    Range{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0", true},
    Range{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0", true},
    Range{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", true},
    Range{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0", true},
    Range{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0", true},
    Range{"223.255.255.255", "224.0.0.0", "239.255.255.255", "", false},
    Range{"", "240.0.0.0", "255.255.255.255", "", false},
    Range{"168.63.129.15", "168.63.129.16", "168.63.129.16", "168.63.129.17", false},
    Range{"", "100.100.100.200", "100.100.100.200", "", false},
    Range{"", "192.0.0.192", "192.0.0.192", "", false},
    Range{"", "::", "::", "", false},
    Range{"", "::1", "::1", "", true},
    Range{"", "::2", "::ffff", "", false},
    Range{"64:ff9a:ffff::", "64:ff9b::808:808", "64:ff9b::808:808", "64:ff9b:0:0:0:1::", true},
    Range{"", "64:ff9b:1:808:8:800:808:808", "64:ff9b:1:808:8:800:808:808", "64:ff9b:2::", true},
    Range{"ff:ffff::", "100::", "100::ffff:ffff:ffff:ffff", "100:0:0:1::", true},
    Range{"2000:ffff::", "2001:0:808:808::f7f7:f7f7", "2001:0:808:808:ffff:ffff:f7f7:f7f7",
          "2001:1::", true},
    Range{"2001:db7:ffff::", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
          "2001:db9::", true},
    Range{"2001:ffff::", "2002:808:808::", "2002:808:808:ffff:ffff:ffff:ffff:ffff", "2003::", true},
    Range{"fbff::", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", true},
    Range{"", "fd00:ec2::254", "fd00:ec2::254", "", false},
    Range{"fe7f::", "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", false},
    Range{"", "fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", false},
    Range{"", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", false},
};

TEST(AddressRules, EachRangeIsDeniedFromItsFirstToItsLastAddress) {
    const AddressRules everything = open({"0.0.0.0/0", "::/0"});
    for (const Range& range : ranges) {
        for (const char* inside : {range.first, range.last}) {
            EXPECT_TRUE(is_denied(inside)) << inside;
            EXPECT_EQ(is_denied(inside, everything), !range.openable) << inside;
        }
        for (const std::string_view outside : {range.before, range.behind}) {
            if (!outside.empty()) {
                EXPECT_FALSE(is_denied(outside)) << outside;
            }
        }
    }
}

TEST(AddressRules, PublicAddressesAreFree) {
    for (const char* address : {"8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00::1"})
        EXPECT_FALSE(is_denied(address)) << address;
}

TEST(AddressRules, AMappedAddressIsItsIpv4Address) {
    EXPECT_TRUE(is_denied("::ffff:127.0.0.1"));
    EXPECT_TRUE(is_denied("::ffff:a9fe:a9fe"));
    EXPECT_FALSE(is_denied("::ffff:8.8.8.8"));
    EXPECT_FALSE(is_denied("::ffff:10.1.2.3", open({"10.0.0.0/8"})));
}

TEST(AddressRules, AnOpenedNetworkOpensNothingBeside) {
    const AddressRules rules = open({"10.1.0.0/16", "fd12::/16", "127.0.0.1"});
    EXPECT_FALSE(is_denied("10.1.255.255", rules));
    EXPECT_TRUE(is_denied("10.2.0.0", rules));
    EXPECT_FALSE(is_denied("fd12::1", rules));
    EXPECT_TRUE(is_denied("fd13::1", rules));
    EXPECT_FALSE(is_denied("127.0.0.1", rules));
    EXPECT_TRUE(is_denied("127.0.0.2", rules));
    EXPECT_TRUE(is_denied("::1", rules));
}

TEST(AddressRules, ATranslationIsOpenedOnlyForWhatIsOpenItself) {
    const AddressRules rules = open({"64:ff9b::/96"});
    EXPECT_FALSE(is_denied("64:ff9b::8.8.8.8", rules));
    EXPECT_TRUE(is_denied("64:ff9b::10.0.0.1", rules));
    EXPECT_TRUE(is_denied("64:ff9b::169.254.169.254", open({"::/0", "0.0.0.0/0"})));
    EXPECT_FALSE(is_denied("64:ff9b::10.0.0.1", open({"64:ff9b::/96", "10.0.0.0/8"})));
    EXPECT_TRUE(is_denied("64:ff9b::10.0.0.1", open({"10.0.0.0/8"})));
}

TEST(AddressRules, TheHostsOwnAddressesAreDeniedUnlessOpened) {
    AddressRules rules;
    rules.own = {parse_address("93.184.216.34").value(), parse_address("2a00::1").value()};
    EXPECT_TRUE(is_denied("93.184.216.34", rules));
    EXPECT_TRUE(is_denied("2a00::1", rules));
    EXPECT_TRUE(is_denied("64:ff9b::93.184.216.34", rules));
    EXPECT_FALSE(is_denied("93.184.216.35", rules));
    rules.opened = open({"93.184.216.34"}).opened;
    EXPECT_FALSE(is_denied("93.184.216.34", rules));
}

/// Every form that an IPv4 address can be carried in, with random bits around it.
std::vector<Address> hide(const Address& four, std::mt19937_64& random) {
    const auto put = [&](std::string_view prefix, std::size_t bytes,
                         std::initializer_list<std::size_t> places, std::uint8_t flip = 0) {
        Address out = parse_address(prefix).value();
        for (std::size_t i = bytes; i < out.size(); ++i)
            out[i] = static_cast<std::uint8_t>(random());
        std::size_t next = 12;
        for (const std::size_t place : places)
            out[place] = static_cast<std::uint8_t>(four[next++] ^ flip);
        return out;
    };
    return {put("::ffff:0:0", 12, {12, 13, 14, 15}), put("::", 12, {12, 13, 14, 15}),
            put("64:ff9b::", 12, {12, 13, 14, 15}),  put("64:ff9b:1::", 6, {12, 13, 14, 15}),
            put("64:ff9b:1::", 6, {6, 7, 9, 10}),    put("2002::", 2, {2, 3, 4, 5}),
            put("2001::", 4, {4, 5, 6, 7}),          put("2001::", 4, {12, 13, 14, 15}, 0xff)};
}

TEST(AddressRules, NoFormHidesAnAddressThatCannotBeOpened) {
    const AddressRules everything = open({"0.0.0.0/0", "::/0"});
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 20'000; ++round) {
        Address four = parse_address("0.0.0.0").value();
        for (std::size_t i = 12; i < four.size(); ++i)
            four[i] = static_cast<std::uint8_t>(random());
        if (round % 3 == 0) // often enough one of the bad ones
            four[12] = 169, four[13] = 254;
        const bool bad = find_denial(four, everything).has_value();
        for (const Address& form : hide(four, random)) {
            if (bad) {
                EXPECT_TRUE(find_denial(form, everything).has_value());
            }
            if (find_denial(four, {})) {
                EXPECT_TRUE(find_denial(form, {}).has_value());
            }
        }
    }
}

TEST(AddressRules, WhatIsNoNetworkIsRefused) {
    for (const char* text :
         {"", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/x", "name", "/8"})
        EXPECT_FALSE(parse_network(text)) << text;
}

} // namespace
} // namespace atalaya::egress
