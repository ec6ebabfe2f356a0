// The configuration as files: reading one, and the reference that users read.
#include "config/config.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace atalaya::config {
namespace {

namespace fs = std::filesystem;

// GOLDEN_WRITE=1 rewrites the file instead of comparing.
TEST(ConfigReference, DocumentIsWhatTheTablePrints) {
    const fs::path document = fs::path(ATALAYA_DOCS) / "configuration.md";
    if (std::getenv("GOLDEN_WRITE")) {
        std::ofstream(document, std::ios::binary) << render_reference();
    }
    std::ifstream in(document, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(text, render_reference());
}

TEST(ConfigFile, MustExistWhenItIsNamed) {
    std::string pattern = (fs::temp_directory_path() / "config-XXXXXX").string();
    const fs::path directory = mkdtemp(pattern.data());
    const fs::path file = directory / "atalaya.toml";
    EXPECT_THROW(load_config(file, {}), ConfigRefused);
    EXPECT_THROW(load_config(directory, {}), ConfigRefused);
    std::ofstream(file) << "";
    EXPECT_EQ(load_config(file, {}).session.idle_days, 14);
    std::ofstream(file) << "[session]\nidle_days = 7\n";
    EXPECT_EQ(load_config(file, {}).session.idle_days, 7);
    EXPECT_EQ(load_config(std::nullopt, {}).session.idle_days, 14);
    fs::remove_all(directory);
}

TEST(ConfigEnvironment, HoldsOurVariablesOnly) {
    setenv("ATALAYA_SESSION_IDLE_DAYS", "9=x", 1);
    const Environment environment = read_environment();
    EXPECT_EQ(environment.at("ATALAYA_SESSION_IDLE_DAYS"), "9=x");
    EXPECT_FALSE(environment.contains("PATH"));
    unsetenv("ATALAYA_SESSION_IDLE_DAYS");
}

} // namespace
} // namespace atalaya::config
