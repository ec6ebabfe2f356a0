#include "db/disk_reserve.hpp"
#include "db/migrate.hpp"
#include "server/database.hpp"
#include "server/signer.hpp"

namespace atalaya::server_program {
namespace {

constexpr const char* database_name = "atalaya";
constexpr const char* superuser = "atalaya_super";

db::PostgresOptions postgres_options(const config::Config& config) {
    db::PostgresOptions options;
    options.directory = std::filesystem::path(config.server.data_dir) / "postgres";
    options.socket_dir = config.database.socket_dir;
    options.unprivileged_user = config.database.user;
    options.shared_buffers = config.database.shared_buffers;
    options.signer_user = find_signer_user(config);
    options.max_connections = static_cast<int>(config.database.connections) + 16;
    return options;
}

class EmbeddedDatabase final : public Database {
  public:
    explicit EmbeddedDatabase(const config::Config& config)
        : options_(postgres_options(config)),
          postgres_(options_),
          reserve_({.file = options_.directory / db::disk_reserve_file}) {}

    std::vector<db::Finding> check() const override { return db::check(options_); }
    void start() override {
        postgres_.start();
        reserve_.start();
        db::bootstrap(server_dsn(), database_name);
    }
    void stop() override { postgres_.stop(); }
    std::string why_not_ready() const override {
        return postgres_.pid() == 0 ? "the database is starting" : "";
    }
    bool is_disk_low() const override { return reserve_.is_low(); }
    std::string server_dsn() const override { return postgres_.server_dsn(); }
    std::string name() const override { return database_name; }
    std::filesystem::path files() const override { return options_.directory; }
    std::string become_superuser() const override { return superuser; }

  private:
    const db::PostgresOptions options_;
    db::Postgres postgres_;
    db::DiskReserve reserve_;
};

} // namespace

std::unique_ptr<Database> make_embedded_database(const config::Config& config) {
    return std::make_unique<EmbeddedDatabase>(config);
}

} // namespace atalaya::server_program
