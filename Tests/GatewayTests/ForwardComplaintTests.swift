import Gateway
import Records
import Testing

/// What is said of targets: not too often, nothing lost, no secrets.
struct ForwardComplaintTests {
  private let target = ForwardTarget(
    name: "cloud", url: "https://langfuse.example", kind: .langfuse,
    headers: [("Authorization", "Basic cGs6c2stbGYtMTIz"), ("x-team", "a")],
    secrets: ["pk", "pk-long", "sk-lf-123"], proxies: false, spoolLimit: 1,
    timeout: .seconds(1))

  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test func onceAMinuteWithHowMuchThereWas() {
    var complaint = ForwardComplaint(target)
    let first = complaint.away("503 busy", now: at(100))
    #expect(first == "forward cloud: does not take deliveries: 503 busy. They wait in the ledger")
    #expect(complaint.away("503 busy", now: at(101)) == nil)
    #expect(complaint.away("503 busy", now: at(159)) == nil)
    #expect(complaint.away("503 busy", now: at(160))?.hasSuffix("wait in the ledger (3 times)") == true)
    // Other topics have minutes of their own.
    #expect(complaint.refused("400 no", now: at(161))?.contains("refuses a delivery") == true)
    #expect(complaint.refused("400 no", now: at(162)) == nil)
    #expect(complaint.skipped(5, now: at(163))?.hasSuffix("(max_spool) (5 times)") == true)
  }

  @Test func whoIsWellAgainIsSaidToBe() {
    var complaint = ForwardComplaint(target)
    #expect(complaint.well() == nil)
    _ = complaint.away("503", now: at(1))
    #expect(complaint.well() == "forward cloud: takes deliveries again")
    #expect(complaint.well() == nil)
    #expect(complaint.away("503", now: at(2)) != nil)
  }

  @Test func neitherSecretsNorLinesNorLongTexts() throws {
    var complaint = ForwardComplaint(target)
    let echo = "401 key Basic cGs6c2stbGYtMTIz\r\nand cGs6c2stbGYtMTIz\u{1B}[31m are wrong"
    let away = complaint.away(echo, now: at(1))
    let said = try #require(away)
    #expect(said.contains("401 key [secret] and [secret] [31m are wrong"))
    #expect(!said.contains("cGs6"))
    // What the header was made of, which the target may know and repeat.
    let pair = complaint.refused("401 pk-long:sk-lf-123", now: at(0))
    #expect(try #require(pair).contains("401 [secret]:[secret]"))
    let refused = complaint.refused(String(repeating: "x", count: 5000), now: at(61))
    let long = try #require(refused)
    #expect(long.count < 300 && long.hasSuffix("x…"))
  }
}
