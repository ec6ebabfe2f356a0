#include "base/check.hpp"
#include "base/problems.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>
#include <type_traits>

namespace atalaya {
namespace {

TEST(Problems, EachHasItsOwnCodeAndSaysWhatToDo) {
    std::set<std::string_view> codes;
    for (const ProblemKind* kind : problems::all) {
        EXPECT_TRUE(codes.insert(kind->code).second) << kind->code;
        EXPECT_GE(kind->status, 400) << kind->code;
        EXPECT_LT(kind->status, 600) << kind->code;
        EXPECT_EQ(kind->code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string_view::npos)
            << kind->code;
        EXPECT_FALSE(kind->title.empty()) << kind->code;
        EXPECT_FALSE(kind->advice.empty()) << kind->code;
    }
}

TEST(Problem, KeepsThePrivateReasonApart) {
    const Problem problem = Problem(problems::name_taken).because("constraint servers_name_key");
    EXPECT_EQ(problem.detail(), problems::name_taken.advice);
    EXPECT_EQ(problem.detail().find("constraint"), std::string::npos);
    EXPECT_EQ(problem.private_reason(), "constraint servers_name_key");
    EXPECT_STREQ(problem.what(), "name_taken");
}

TEST(Check, ForARequestItThrowsAndNamesThePlace) {
    EXPECT_NO_THROW(CHECK_REQUEST(1 + 1 == 2));
    try {
        CHECK_REQUEST(1 + 1 == 3);
        FAIL() << "it must throw";
    } catch (const LogicFault& fault) {
        EXPECT_NE(std::string(fault.what()).find("1 + 1 == 3"), std::string::npos);
    }
}

TEST(CheckDeathTest, ForTheWholeProgramItAborts) {
    EXPECT_DEATH(CHECK(1 + 1 == 3), "1 \\+ 1 == 3");
}

TEST(Result, HoldsAValueOrWhyThereIsNone) {
    const Result<int> good = 5;
    const Result<int> bad = ParseError{"too short"};
    EXPECT_EQ(*good, 5);
    EXPECT_TRUE(bad.has_error());
    EXPECT_EQ(bad.error().reason, "too short");
    EXPECT_THROW(bad.value(), std::invalid_argument);
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

TEST(Secret, GoesNowhereByItself) {
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<Secret, std::string_view>);
    static_assert(!std::is_convertible_v<std::string, Secret>);
    static_assert(!Streamable<Secret>);
    Secret secret("correct horse");
    const Secret moved = std::move(secret);
    EXPECT_EQ(moved.reveal_text(), "correct horse");
    EXPECT_TRUE(
        secret.empty()); // NOLINT(bugprone-use-after-move): the move must leave nothing behind
}

TEST(Random, GivesDistinctVersion4Ids) {
    SystemRandom random;
    std::set<Uuid> seen;
    for (int i = 0; i < 1000; ++i) {
        const Uuid id = random.uuid();
        EXPECT_EQ(id.bytes[6] >> 4, 4);
        EXPECT_EQ(id.bytes[8] >> 6, 2);
        EXPECT_TRUE(seen.insert(id).second);
    }
}

} // namespace
} // namespace atalaya
