#include "crypto/password_rules.hpp"

#include "base/text.hpp"
#include "crypto/common_passwords.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <array>

namespace atalaya::crypto {

namespace {

constexpr std::size_t bytes_max = 1024; // hashing work must not grow with what a client sends

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }
bool is_word(char c) { return is_digit(c) || is_letter(c); }

constexpr std::size_t listed_length_min = 4;

/// In the filter of common passwords; once in 100,000 times, of another text too.
bool is_listed(std::string_view text) {
    constexpr int probes = 17;
    if (text.size() < listed_length_min) {
        return false;
    }
    const BytesView filter = common_passwords();
    const Hash hash = sha256(text);
    Reader reader(hash);
    std::uint64_t at = reader.u64();
    const std::uint64_t step = reader.u64() | 1;
    for (int i = 0; i < probes; ++i, at += step) {
        const std::uint64_t bit = at % (filter.size() * 8);
        if ((filter[bit / 8] >> (bit % 8) & 1) == 0) {
            return false;
        }
    }
    return true;
}

/// The text without the characters at both ends that `keep` does not want.
template <class Keep>
std::string_view strip(std::string_view text, Keep keep) {
    while (!text.empty() && !keep(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && !keep(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// Digits and signs that stand for letters, turned back into them.
std::string undo_substitutions(std::string_view text) {
    constexpr std::string_view signs = "01345789@$!";
    constexpr std::string_view letters = "oleastbgasi";
    std::string out(text);
    for (char& c : out) {
        if (const std::size_t at = signs.find(c); at != std::string_view::npos) {
            c = letters[at];
        }
    }
    return out;
}

/// The shortest piece that, repeated, makes up the whole text (its last copy may be cut).
std::string_view repeated_piece(std::string_view text) {
    for (std::size_t size = 1; size < text.size(); ++size) {
        if (text.substr(size) == text.substr(0, text.size() - size)) {
            return text.substr(0, size);
        }
    }
    return text;
}

/// How many characters at the start follow the alphabet, the digits or neighbouring keys, either
/// way.
std::size_t walk_length(std::string_view text) {
    constexpr std::array<std::string_view, 6> walks{
        "abcdefghijklmnopqrstuvwxyz",           "012345678901234567890",
        "1234567890qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p",
    };
    std::size_t longest = 0;
    for (const std::string_view forward : walks) {
        const std::string backward(forward.rbegin(), forward.rend());
        for (const std::string_view walk : {forward, std::string_view(backward)}) {
            std::size_t size = longest;
            while (size < text.size() && walk.find(text.substr(0, size + 1)) != walk.npos) {
                ++size;
            }
            longest = std::max(longest, size);
        }
    }
    return longest;
}

/// True for at most three walks in a row and hardly more, such as "qwerty123456" or
/// "1234567890ab1".
bool is_walk(std::string_view text) {
    std::size_t walked = 0;
    for (int pieces = 0; pieces < 3; ++pieces) {
        const std::size_t size = walk_length(text.substr(walked));
        if (size < 3) {
            break;
        }
        walked += size;
    }
    return walked >= 3 && text.size() - walked <= 2;
}

/// Listed itself, or what remains is when decoration at the ends, substitutions and repetition are
/// undone: a list of whole long passwords would never be long enough.
bool is_common(std::string_view lower) {
    const std::string_view words = strip(lower, is_word);
    const std::string_view stem = strip(lower, is_letter);
    const std::string plain = undo_substitutions(
        strip(lower, [](char c) { return is_letter(c) || c == '@' || c == '$'; }));
    const std::string plain_words = undo_substitutions(words);
    for (const std::string_view form :
         {lower, words, stem, std::string_view(plain), std::string_view(plain_words)}) {
        if (form.empty()) {
            continue;
        }
        const std::string_view piece = repeated_piece(form);
        const bool repeats = form.size() >= 6 && piece.size() * 2 <= form.size();
        if (is_listed(form) || (form.size() == words.size() && is_walk(form)) ||
            (repeats && (piece.size() <= 3 || is_listed(piece)))) {
            return true;
        }
    }
    return false;
}

/// The words of a name or an address, of team and site, longest first.
std::vector<std::string> own_words(const PasswordOwner& owner) {
    std::vector<std::string> out{"atalaya"};
    std::vector<std::string_view> sources{owner.name, owner.email};
    sources.insert(sources.end(), owner.places.begin(), owner.places.end());
    for (const std::string_view source : sources) {
        std::string word;
        for (const char c : to_lower(source) + " ") {
            if (is_word(c)) {
                word += c;
                continue;
            }
            if (count_code_points(word) >= 3) {
                out.push_back(undo_substitutions(word));
                out.emplace_back(out.back().rbegin(), out.back().rend());
            }
            word.clear();
        }
    }
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return out;
}

/// True when little is left of the password once the owner's own words are taken out.
bool is_similar(std::string_view lower, const PasswordOwner& owner) {
    constexpr std::ptrdiff_t left_min = 8;
    std::string rest = undo_substitutions(lower);
    bool found = false;
    for (const std::string& word : own_words(owner)) {
        for (std::size_t at = rest.find(word); at != rest.npos; at = rest.find(word, at)) {
            rest.replace(at, word.size(), " ");
            found = true;
        }
    }
    return found && std::count_if(rest.begin(), rest.end(), is_word) < left_min;
}

} // namespace

std::vector<Violation> check_password_rules(const Secret& password, const PasswordOwner& owner,
                                            std::size_t length_min, const std::string& pointer) {
    const std::string_view text = password.reveal_text();
    if (text.size() > bytes_max) {
        return {{pointer, "too_long", "Use at most " + std::to_string(bytes_max) + " bytes."}};
    }
    std::vector<Violation> out;
    if (count_code_points(text) < length_min) {
        out.push_back(
            {pointer, "too_short", "Use at least " + std::to_string(length_min) + " characters."});
    }
    const std::string lower = to_lower(text);
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_digit)) {
        out.push_back({pointer, "only_digits", "Use more than digits."});
    }
    if (is_common(lower)) {
        out.push_back({pointer, "too_common",
                       "This is among the first passwords that an attacker tries. Use another."});
    }
    if (is_similar(lower, owner)) {
        out.push_back({pointer, "too_similar",
                       "This is too close to your name, your address, your team or this site. Use "
                       "another."});
    }
    return out;
}

} // namespace atalaya::crypto
