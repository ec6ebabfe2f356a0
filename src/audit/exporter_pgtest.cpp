// What leaves the database as a bundle, read back and judged as an auditor does.
#include "audit/bundle_check.hpp"
#include "audit/erasure.hpp"
#include "audit/exporter.hpp"
#include "audit/test_audit.hpp"

namespace atalaya::audit {
namespace {

class Export : public Audit {
  protected:
    Bundle make(std::int64_t from, std::int64_t to) {
        const Bundle bundle = db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
            return read_bundle(tx, sealer_, from, to);
        });
        return parse_bundle(encode_bundle(bundle)).value();
    }
};

TEST_F(Export, HoldsTheRecordAsItWasHashed) {
    const auto receipts = change("first", std::vector<Event>(6, updated()));
    const Bundle bundle = make(1, 6);
    const BundleReport report = check_bundle(bundle, {.receipts = receipts});
    EXPECT_EQ(report.verdict, Verdict::valid) << report.reason;
    EXPECT_EQ(report.checked, 6);
    EXPECT_EQ(report.last_hash, receipts.back().row_hash);
    EXPECT_EQ(bundle.manifest.head_seq, 6);
    EXPECT_NE(as_text(bundle.events[0].link.parts[1].body).find("Left door"), std::string::npos);
    EXPECT_EQ(check_bundle(make(3, 4), {.receipts = {receipts[1], receipts[3]}}).verdict,
              Verdict::valid);
}

TEST_F(Export, KeepsItsWordAfterErasures) {
    change("first", {updated(), updated()});
    db::transact(connection_, {team_, ada_}, [&](db::Tx& tx) {
        Recorder recorder(heads_, sealer_, seal_key_, clock_, random_, ada());
        recorder.add(team_, {.action = "audit.tombstone"});
        recorder.append_to(tx);
        erase_payloads(tx, {{1, Part::detail}}, 3);
        tx.commit();
        recorder.committed();
    });
    BundleReport report = check_bundle(make(1, 3), {});
    EXPECT_EQ(report.verdict, Verdict::with_erasures) << report.reason;
    EXPECT_EQ(report.erased, 1);
    keyring_->destroy_key(ada_);
    report = check_bundle(make(1, 3), {});
    EXPECT_EQ(report.verdict, Verdict::with_erasures) << report.reason;
    EXPECT_EQ(report.unopened, 3);
}

// A record that somebody edited leaves as it is: whoever exports it holds the proof.
TEST_F(Export, HidesNothingThatIsWrong) {
    change("first", std::vector<Event>(5, updated()));
    tamper("delete from aud.payloads" + where_team(4));
    EXPECT_EQ(check_bundle(make(1, 5), {}).first_bad, 4);
    tamper("delete from aud.events" + where_team(2));
    EXPECT_EQ(check_bundle(make(1, 5), {}).first_bad, 2);
    EXPECT_EQ(check_bundle(make(3, 5), {}).first_bad, 3);
    tamper("delete from aud.events" + where_team(5));
    EXPECT_EQ(check_bundle(make(4, 5), {}).first_bad, 4);
}

} // namespace
} // namespace atalaya::audit
