#include "net/local_ca.hpp"

#include "net/address.hpp"
#include "net/tls.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace atalaya::net {
namespace {

constexpr std::int64_t day_s = 24 * 60 * 60;
constexpr std::int64_t ca_days = 3650;
constexpr std::int64_t server_days = 397; // the most that browsers take
constexpr std::int64_t renew_before_days = 30;

template <auto free>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>>;

void require(bool ok, const std::string& what) {
    if (!ok)
        throw std::runtime_error(what + ": " + tls_error());
}

[[noreturn]] void fail_file(const std::filesystem::path& path) {
    throw std::runtime_error("Cannot write " + path.string() + ": " + std::strerror(errno));
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// All or nothing, also through a power cut: write beside, fsync, rename, fsync the directory.
void write_file(const std::filesystem::path& path, const std::string& text, mode_t mode) {
    const std::string beside = path.string() + ".new";
    unlink(beside.c_str());
    const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        fail_file(path);
    const auto size = static_cast<ssize_t>(text.size());
    const bool written = write(file, text.data(), text.size()) == size && fsync(file) == 0;
    if (close(file) != 0 || !written || rename(beside.c_str(), path.c_str()) != 0)
        fail_file(path);
    const int directory = open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || fsync(directory) != 0 || close(directory) != 0)
        fail_file(path);
}

std::string take_text(const Bio& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

Key read_key(const std::filesystem::path& path) {
    const std::string text = read_file(path);
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return key;
}

Certificate read_certificate(const std::filesystem::path& path) {
    const std::string text = read_file(path);
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

/// The key in the file, or a new one that is durable before anything refers to it. A file that is
/// there but cannot be read is never replaced: what depends on it would be lost.
Key ensure_key(const std::filesystem::path& path) {
    if (std::filesystem::exists(path)) {
        Key key = read_key(path);
        if (!key)
            throw std::runtime_error("The key " + path.string() + " is not readable");
        return key;
    }
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "No key could be made");
    const Bio bio(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr) == 1,
            "No key could be written");
    write_file(path, take_text(bio), 0600);
    return key;
}

std::string certificate_text(const Certificate& certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    require(PEM_write_bio_X509(bio.get(), certificate.get()) == 1,
            "No certificate could be written");
    return take_text(bio);
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value));
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
            "A certificate extension");
}

void set_common_name(X509_NAME* name, const char* text) {
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text), -1, -1,
                                       0) == 1,
            "A certificate name");
}

/// Version 3, random serial number (RFC 5280: positive, at most 20 bytes), valid from an hour ago
/// so that a client whose clock is a little behind accepts it.
Certificate make_certificate(EVP_PKEY* key, std::int64_t now_s, std::int64_t days,
                             const char* common_name) {
    Certificate out(X509_new());
    require(out && X509_set_version(out.get(), X509_VERSION_3) == 1,
            "No certificate could be made");
    unsigned char serial[16];
    require(RAND_bytes(serial, sizeof serial) == 1, "No randomness");
    serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x40);
    const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(out.get()));
    ASN1_TIME_set(X509_getm_notBefore(out.get()), now_s - 3600);
    ASN1_TIME_set(X509_getm_notAfter(out.get()), now_s + days * day_s);
    set_common_name(X509_get_subject_name(out.get()), common_name);
    require(X509_set_pubkey(out.get(), key) == 1, "A certificate's key");
    return out;
}

void sign(X509* certificate, EVP_PKEY* key) {
    require(X509_sign(certificate, key, EVP_sha256()) > 0, "A certificate could not be signed");
}

bool outlives(X509* certificate, std::int64_t moment_s) {
    return X509_cmp_time(X509_get0_notAfter(certificate), &moment_s) > 0;
}

Certificate ensure_ca(const std::filesystem::path& path, const Key& key, std::int64_t now_s) {
    Certificate ca = read_certificate(path);
    if (ca && X509_check_private_key(ca.get(), key.get()) == 1 &&
        outlives(ca.get(), now_s + server_days * day_s))
        return ca;
    ERR_clear_error();
    ca = make_certificate(key.get(), now_s, ca_days, "Atalaya local authority");
    require(X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) == 1,
            "A certificate name");
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    sign(ca.get(), key.get());
    write_file(path, certificate_text(ca), 0644);
    return ca;
}

/// "DNS:name" or "IP:address", as OpenSSL's configuration writes them. Sorted, each once.
std::set<std::string> alternative_names(const std::vector<std::string>& names) {
    std::set<std::string> out{"DNS:localhost", "IP:127.0.0.1", "IP:::1"};
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) == 0 && is_host(host) && !parse_address(host))
        out.insert(std::string("DNS:") + host);
    for (const std::string& name : names) {
        if (const auto address = parse_address(name)) {
            out.insert("IP:" + to_string(*address));
        } else if (is_host(name) && name == host_without_port(name)) {
            out.insert("DNS:" + name);
        } else {
            throw std::runtime_error("\"" + name + "\" is neither a host name nor an IP address");
        }
    }
    return out;
}

std::set<std::string> alternative_names(X509* certificate) {
    std::set<std::string> out;
    const Names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        const ASN1_STRING* value = name->d.ia5;
        const auto* data = ASN1_STRING_get0_data(value);
        const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
        if (name->type == GEN_DNS) {
            out.insert("DNS:" + std::string(reinterpret_cast<const char*>(data), size));
        } else if (name->type == GEN_IPADD && (size == 4 || size == 16)) {
            Address address;
            address.v4 = size == 4;
            std::copy(data, data + size, address.bytes.end() - static_cast<std::ptrdiff_t>(size));
            out.insert("IP:" + to_string(address));
        }
    }
    return out;
}

Certificate issue(const Key& key, X509* ca, const Key& ca_key, const std::set<std::string>& names,
                  std::int64_t now_s) {
    Certificate out = make_certificate(key.get(), now_s, server_days, "Atalaya");
    require(X509_set_issuer_name(out.get(), X509_get_subject_name(ca)) == 1, "A certificate name");
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ",") + name;
    add_extension(out.get(), ca, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(out.get(), ca, NID_key_usage, "critical,digitalSignature");
    add_extension(out.get(), ca, NID_ext_key_usage, "serverAuth");
    add_extension(out.get(), ca, NID_subject_alt_name, list.c_str());
    add_extension(out.get(), ca, NID_subject_key_identifier, "hash");
    add_extension(out.get(), ca, NID_authority_key_identifier, "keyid");
    sign(out.get(), ca_key.get());
    return out;
}

} // namespace

LocalCertificate ensure_local_certificate(const std::filesystem::path& directory,
                                          const std::vector<std::string>& names,
                                          const Clock& clock) {
    LocalCertificate out{directory / "ca.pem", directory / "server.pem", directory / "server.key"};
    const std::int64_t now_s = clock.now().us / 1'000'000;
    const auto wanted = alternative_names(names);

    const Certificate current = read_certificate(out.certificate);
    const Key current_key = read_key(out.key);
    const bool whole = current && current_key && std::filesystem::exists(out.ca) &&
                       X509_check_private_key(current.get(), current_key.get()) == 1;
    ERR_clear_error();
    if (whole && alternative_names(current.get()) == wanted &&
        outlives(current.get(), now_s + renew_before_days * day_s))
        return out;

    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (std::filesystem::exists(out.ca) && !std::filesystem::exists(directory / "ca.key"))
        throw std::runtime_error(
            "The key of the local authority is gone: " + (directory / "ca.key").string() +
            ". Restore it, or remove ca.pem and give every agent the new one");
    const Key ca_key = ensure_key(directory / "ca.key");
    const Certificate ca = ensure_ca(out.ca, ca_key, now_s);
    const Key key = ensure_key(out.key);
    const Certificate certificate = issue(key, ca.get(), ca_key, wanted, now_s);
    write_file(out.certificate, certificate_text(certificate) + certificate_text(ca), 0644);
    out.issued = true;
    return out;
}

} // namespace atalaya::net
