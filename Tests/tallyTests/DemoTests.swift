import Foundation
import Testing

@Suite struct DemoTests {
  /// What was hidden is found, and what was written can be checked again.
  @Test func theDemoFindsWhatItHid() throws {
    let shop = try Workshop()
    let demo = try shop.tally("demo", "shop")
    #expect(demo.code == 0, "\(demo.errors)")
    #expect(!demo.text.contains("MISSED"))
    for code in ["SLICE_BELOW_FLOOR", "REGRESSED", "COVERAGE_ROTTEN"] { #expect(demo.text.contains("[\(code)]")) }
    #expect(demo.text.contains("tally compare before.csv after.csv"))
    // Not a terminal: 80 columns.
    let wide = demo.lines.filter { $0.count > 80 }
    #expect(wide.isEmpty, "\(wide)")
    let again = try Tally.run(["check"], in: shop.url("shop"))
    #expect(again.code == 1)
    let twice = try Tally.run(["ingest", "records.jsonl"], in: shop.url("shop"))
    #expect(twice.code == 0)
    #expect(twice.text.contains("Nothing new"))
  }

  @Test func theDemoLeavesOtherFoldersAlone() throws {
    let shop = try Workshop()
    try shop.write("full/mine.txt", "mine")
    let demo = try shop.tally("demo", "full")
    #expect(demo.code == 64)
    #expect(demo.errors.contains("not empty"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: shop.url("full").path) == ["mine.txt"])
  }
}
