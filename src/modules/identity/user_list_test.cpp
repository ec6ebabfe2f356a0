#include "modules/identity/user_list.hpp"

#include <gtest/gtest.h>

namespace atalaya::identity {
namespace {

const std::string bcrypt = "$2b$12$abcdefghijklmnopqrstuu261ouAgQVyLOin5vPUMgN6lOzCOg/V6";

/// `line:address` of what can be imported, `line!fault` of what cannot.
std::string read(const std::string& text) {
    std::string out;
    for (const ListedUser& user : parse_user_list(text)) {
        out += (out.empty() ? "" : " | ") + std::to_string(user.line);
        out += user.fault.empty() ? ":" + user.draft.email : "!" + user.fault;
    }
    return out;
}

TEST(UserList, IsReadAsCsv) {
    const auto users = parse_user_list("Email,hash,NAME\r\n\r\nada@example.com," + bcrypt +
                                       ",\"Lovelace, \"\"Ada\"\"\"\r\n");
    ASSERT_EQ(users.size(), 1U);
    EXPECT_EQ(users[0].fault, "");
    EXPECT_EQ(users[0].line, 3);
    EXPECT_EQ(users[0].draft.name, "Lovelace, \"Ada\"");
    EXPECT_EQ(users[0].draft.email, "ada@example.com");
    EXPECT_EQ(users[0].draft.hash, bcrypt);
}

TEST(UserList, IsReadAsJsonLines) {
    const std::string rest = R"(","name":"Ada","hash":")" + bcrypt + "\"}\n";
    EXPECT_EQ(read(R"({"email":"ada@example.com)" + rest + R"({"email":"bob@example.com)" + rest),
              "1:ada@example.com | 2:bob@example.com");
    EXPECT_EQ(read(R"({"email":"ada@example.com)" + rest + "nonsense"),
              "1:ada@example.com | 2!is not a JSON object");
}

TEST(UserList, SaysOfEachLineWhatIsWrong) {
    const auto fault = [](const std::string& line) {
        return parse_user_list("email,name,hash\n" + line).at(0).fault;
    };
    EXPECT_EQ(fault("ada@example.com,Ada," + bcrypt), "");
    EXPECT_NE(fault("ada,Ada," + bcrypt).find("email: "), std::string::npos);
    EXPECT_NE(fault("ada@example.com,," + bcrypt).find("name: "), std::string::npos);
    for (const char* hash : {"", "plain", "$2a$12$abcdefghijklmnopqrstuu", "$argon2id$v=19$m=1"})
        EXPECT_NE(fault(std::string("ada@example.com,Ada,") + hash).find("hash: "),
                  std::string::npos)
            << hash;
    for (const char* line : {"ada@example.com,Ada", "a,b,c,d", "a,\"b,c", "a,\"b\"c,d", "a,b\",c"})
        EXPECT_NE(fault(line).find("columns"), std::string::npos) << line;
}

TEST(UserList, KnowsAnAddressThatStandsTwice) {
    EXPECT_EQ(
        read("email,name,hash\nada@example.com,Ada," + bcrypt + "\nADA@example.com,Ada," + bcrypt),
        "2:ada@example.com | 3!the address stands in line 2 too");
}

TEST(UserList, ARefusedHeaderRefusesEveryLine) {
    const auto users = parse_user_list("mail,name,hash\nada@example.com,Ada," + bcrypt);
    ASSERT_EQ(users.size(), 1U);
    EXPECT_NE(users[0].fault, "");
    EXPECT_TRUE(parse_user_list("").empty());
}

} // namespace
} // namespace atalaya::identity
