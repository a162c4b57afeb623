import Foundation
import Testing

/// `redaction` in `tally.yaml`: what is named there never reaches the disk, by whichever door it comes.
struct RedactionTests {
  private let project = """
    redaction:
      find: [email, card, secret]
      patterns: [{match: "ACC-[0-9]{4}", as: account}]
    """

  private let spans = """
    {"kind":"span","trace_id":"t1","span_id":"a1","name":"chat","span_kind":"chat","feature":"desk",\
    "started_at":"2026-11-25T10:00:00Z","attributes":{"note":"from ada@example.org"},\
    "input":[{"role":"user","parts":[{"type":"text","content":"I am ada@example.org, card 4111 1111 1111 1111"}]}],\
    "output":[{"role":"assistant","parts":[{"type":"text","content":"Thank you, ACC-4711."}]}]}
    {"kind":"annotation","annotation_id":"x1","subject":"a1","name":"correct","value":"true",\
    "annotator_kind":"human","annotator":"bo","at":"2026-11-25T11:00:00Z","note":"asked ada@example.org"}

    """

  private static let secrets = ["ada@example.org", "4111 1111", "ACC-4711"]

  private func expectRedacted(_ shop: Workshop) throws {
    let text = try shop.tally("trace", "t1", "--content").text
    #expect(text.contains("Input       user: I am [email], card [card]") && text.contains("Thank you, [account]."))
    let json = try shop.tally("trace", "t1", "--content", "--format", "json").text
    #expect(json.contains("asked [email]") && json.contains("from [email]"))
    // Nor in any file of the ledger, its log of writes among them.
    let folder = shop.url(".tally").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.contains("ledger.db"))
    for file in files {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
      for secret in Self.secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(file)") }
    }
    #expect(try shop.tally("ledger", "verify").code == 0)
  }

  @Test func filesAreRedactedBeforeTheyAreStored() throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", project)
    try shop.write("said.jsonl", spans)
    #expect(try shop.tally("ingest", "said.jsonl").code == 0)
    try expectRedacted(shop)
    // The same delivery is known again.
    #expect(try shop.tally("ingest", "said.jsonl").text.contains("Nothing new"))
  }

  @Test func whatComesOverHTTPIsRedactedToo() async throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", project)
    let server = try Served(in: shop.folder)
    let answer = try await server.post("api/v1/records", Data(spans.utf8))
    #expect(try answer.status == 200 && answer.json()["kept"].integer == 2)
    #expect(try server.stop() == 0)
    try expectRedacted(shop)
  }

  @Test func wordsAreNotKeptWhereTheyMayNotBe() throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", "redaction: {content: drop}")
    try shop.write("said.jsonl", spans)
    #expect(try shop.tally("ingest", "said.jsonl").code == 0)
    let text = try shop.tally("trace", "t1", "--content").text
    #expect(!text.contains("card") && text.contains("sha256"))
  }

  @Test func aBrokenFileStoresNothing() throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", "redaction: {find: [emial]}")
    try shop.write("said.jsonl", spans)
    let run = try shop.tally("ingest", "said.jsonl")
    #expect(run.code == 64 && run.errors.contains("Did you mean 'email'?"), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: shop.url(".tally/ledger.db").path))
  }
}
