import Foundation
import Testing

/// The ways in which results come, and what is said of those that cannot be read.
struct InputTests {
  // MARK: Ways in

  @Test func standardInputIsAnArm() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [1, 0, 1, 0])
    let candidate = "id,score\nq0,1\nq1,1\nq2,1\nq3,0\n"
    let run = try shop.tally(["compare", "a.csv", "-", "--format", "json"], input: candidate)
    #expect(run.code == 2)
    #expect(try run.json()["design", "items"].integer == 4)
    #expect(try run.json()["candidate", "name"].string == "stdin")
    let twice = try shop.tally(["compare", "-", "-"], input: candidate)
    #expect(twice.code == 64)
    #expect(twice.errors.contains("only once"))
    let empty = try shop.tally("compare", "a.csv", "-")
    #expect(empty.code == 64)
    #expect(empty.output.isEmpty)
  }

  @Test func variantsOfOneFile() throws {
    let shop = try Workshop()
    try shop.write("all.csv", "id,model,score\n1,old,0\n2,old,0\n1,new,1\n2,new,0\n1,third,1\n2,third,1\n")
    let chosen = try shop.tally(
      "compare", "all.csv", "--variant", "model", "--base", "old", "--candidate", "new", "--format", "json")
    #expect(try chosen.json()["base", "name"].string == "old")
    #expect(try chosen.json()["difference", "estimate"].number == 0.5)
    let all = try shop.tally("compare", "all.csv", "--variant", "model", "--format", "json")
    #expect(try all.json()["schema"].string == "tally.rank/1")
    let unknown = try shop.tally("compare", "all.csv", "--variant", "model", "--base", "older", "--candidate", "new")
    #expect(unknown.code == 64)
    #expect(unknown.output.isEmpty)
    for name in ["old", "new", "third"] { #expect(unknown.errors.contains("\n  \(name)  (2 rows)")) }
    let two = try shop.tally(
      "compare", "all.csv", "--variant", "model", "--where", "model=old", "--base", "old")
    #expect(two.code == 64)
  }

  @Test func columnsOfAWideFile() throws {
    let shop = try Workshop()
    try shop.write(
      "wide.jsonl", "{\"id\":1,\"a\":{\"ok\":true},\"b\":false}\n{\"id\":2,\"a\":{\"ok\":false},\"b\":false}\n")
    let run = try shop.tally(
      "compare", "wide.jsonl", "--score", "a.ok", "--score", "b", "--item", "id", "--format", "json")
    #expect(try run.json()["discordant", "base_only"].integer == 1)
    #expect(run.errors.contains("in order of appearance"))
  }

  @Test func aFolderIsRanked() throws {
    let shop = try Workshop()
    for (model, passes) in [("ant", 20), ("bee", 90), ("cat", 50)] {
      try shop.scores("runs/\(model).csv", (0..<100).map { $0 < passes ? 1 : 0 })
    }
    let run = try shop.tally("compare", "runs", "--format", "json")
    let json = try run.json()
    #expect(run.code == 0)
    #expect(json["winners"] == .array([.string("bee")]))
    #expect(json["variants"].list.map { $0["name"].string } == ["bee", "cat", "ant"])
    let named = try shop.tally(
      "compare", "runs/ant.csv", "runs/bee.csv", "runs/cat.csv", "--format", "json")
    #expect(try named.json()["variants"] == json["variants"])
    #expect(try named.json()["pairs"] == json["pairs"])
    let text = try shop.tally("compare", "runs")
    #expect(text.text.contains("The best of 3 is bee"))
    // Reading two arms out of three.
    let pair = try shop.tally("compare", "runs", "--base", "ant", "--candidate", "bee", "--format", "json")
    #expect(try pair.json()["schema"].string == "tally.compare/1")
    #expect(pair.code == 0)
  }

  /// Results of two runs often have one name in two folders.
  @Test func filesOfOneNameAreToldApart() throws {
    let shop = try Workshop()
    try shop.scores("old/results.csv", [0, 1, 0])
    try shop.scores("new/results.csv", [1, 1, 0])
    let json = try shop.tally("compare", "old/results.csv", "new/results.csv", "--format", "json").json()
    #expect(json["base", "name"].string == "old/results.csv")
    #expect(json["candidate", "name"].string == "new/results.csv")
    try shop.scores("runs/old/results.csv", [0, 1, 0])
    try shop.scores("runs/new/results.csv", [1, 1, 0])
    let folder = try shop.tally("compare", "runs/", "--base", "old/results", "--format", "json").json()
    #expect(folder["base", "name"].string == "old/results")
    #expect(folder["candidate", "name"].string == "new/results")
    #expect(folder["design", "items"].integer == 3)
  }

  @Test func equalVariantsHaveNoWinner() throws {
    let shop = try Workshop()
    for model in ["a", "b", "c"] { try shop.scores("\(model).csv", (0..<40).map { Double($0 % 2) }) }
    let run = try shop.tally("compare", "a.csv", "b.csv", "c.csv", "--format", "json")
    #expect(run.code == 2)
    #expect(try run.json()["winners"].list.count == 3)
  }

  /// Ids compare in normalised form: however a file spells its accents, they are one item.
  @Test func identifiersInAnyScript() throws {
    let shop = try Workshop()
    let ids = ["caf\u{E9}", "問題一", "задача", "🧪", "a b", "سؤال"]
    let rows = ids.enumerated().map { "\"\($0.element)\",\($0.offset % 2)" }
    try shop.write("a.csv", "id,score\n" + rows.joined(separator: "\n") + "\n")
    try shop.write(
      "b.jsonl",
      ids.map { "{\"id\":\"\($0.decomposedStringWithCanonicalMapping)\",\"score\":1}" }.joined(separator: "\n") + "\n")
    let run = try shop.tally("compare", "a.csv", "b.jsonl", "--format", "json", "--show", "10")
    let json = try run.json()
    #expect(json["design", "items"].integer == ids.count)
    #expect(json["design", "dropped", "conflicting"].integer == 0)
    #expect(json["design", "union"].integer == ids.count)
    let flipped = json["flips"].list.compactMap { $0["item"].string }
    // Swift's equality of strings is canonical too.
    #expect(Set(flipped) == Set(ids.indices.filter { $0 % 2 == 0 }.map { ids[$0] }))
  }

  // MARK: Repeats and duplicates

  @Test func rowsThatContradictEachOther() throws {
    let shop = try Workshop()
    try shop.write("a.csv", "id,score\n1,1\n2,0\n3,1\n")
    try shop.write("b.csv", "id,score\n1,1\n1,0\n2,1\n2,1\n3,1\n3,1\n")
    let doubted = try shop.tally("compare", "a.csv", "b.csv", "--format", "json")
    #expect(doubted.code == 2)
    #expect(try doubted.json()["reasons"].list.contains(.string("CONFLICTING_TRIALS")))
    #expect(try doubted.json()["design", "dropped", "conflicting"].integer == 1)
    let repeats = try shop.tally("compare", "a.csv", "b.csv", "--repeats-by-order", "--format", "json")
    #expect(try repeats.json()["design", "repeats", "candidate"].integer == 2)
    #expect(try repeats.json()["candidate", "mean"].number.map { abs($0 - 2.5 / 3) < 1e-12 } == true)
  }

  // MARK: Unreadable

  struct Broken: Sendable, CustomTestStringConvertible {
    let name: String
    let content: [UInt8]
    /// What standard error must say, the place included.
    let said: [String]
    var testDescription: String { name }

    init(_ name: String, _ content: String, _ said: String...) {
      self.init(name, Array(content.utf8), said)
    }

    init(_ name: String, _ content: [UInt8], _ said: [String]) {
      (self.name, self.content, self.said) = (name, content, said)
    }
  }

  private static let deep = String(repeating: "[", count: 100_000)

  @Test(arguments: [
    Broken("empty.csv", "", "empty.csv: is empty"),
    Broken("header.csv", "id,score\n", "header.csv: has a header but no rows"),
    Broken("cut.jsonl", "{\"id\":\"a\",\"score\":1}\n{\"id\":\"b\",\"sco", "cut.jsonl:2:11:", "cut off"),
    Broken("cut.json", "[{\"id\":\"a\",\"score\":1},\n {\"id\":\"b\",\"score\":", "cut.json:2:20:", "cut off"),
    Broken(
      "bytes.csv", Array("id,score\n1,1\n".utf8) + [0xFF, 0xFE] + Array(",0\n".utf8), ["bytes.csv:3:1:", "not UTF-8"]),
    Broken("deep.json", deep, "deep.json:1:513:", "nested deeper"),
    Broken("deep.jsonl", "{\"id\":\"1\",\"score\":1,\"x\":\(deep)}\n", "deep.jsonl:1:", "nested deeper"),
    Broken(
      "columns.csv", "a,b\n1,2\n", "columns.csv: has no column that is known to hold the item id", "a, b", "--item"),
    Broken("unscored.csv", "id,note\n1,fine\n2,bad\n", "unscored.csv", "--score", "id, note"),
    Broken("prose.txt", "not a table\n", "prose.txt"),
    Broken("quote.csv", "id,score\n\"a,1\nb,0\n", "quote.csv:2:1:"),
    Broken("gzip.csv.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2], ["gzip.csv.gz"]),
  ])
  func brokenFiles(broken: Broken) throws {
    let shop = try Workshop()
    try shop.scores("good.csv", [1, 0, 1])
    try shop.write(broken.name, Data(broken.content))
    for arguments in [["good.csv", broken.name], [broken.name, "good.csv", "--format", "json"]] {
      let run = try shop.tally(["compare"] + arguments)
      #expect(run.code == 64)
      // Nothing half-read: not a byte of a report.
      #expect(run.output.isEmpty)
      for said in broken.said { #expect(run.errors.contains(said), "\(run.errors)") }
      #expect(run.errors.split(separator: "\n").last?.hasPrefix("tally: ") == true)
    }
  }

  @Test func pathsThatLeadNowhere() throws {
    let shop = try Workshop()
    try shop.scores("good.csv", [1, 0, 1])
    try shop.write("notes/readme.md", "# Notes\n")
    try FileManager.default.createSymbolicLink(
      at: shop.url("dangling.csv"), withDestinationURL: shop.url("gone.csv"))
    for path in ["absent.csv", "dangling.csv", "good.csv/inside.csv", "notes"] {
      let run = try shop.tally("compare", "good.csv", path)
      #expect(run.code == 64)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("tally: \(path)"), "\(run.errors)")
    }
    // Permissions stop nobody who is root.
    guard geteuid() != 0 else { return }
    try shop.scores("secret.csv", [1])
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: shop.url("secret.csv").path)
    let run = try shop.tally("compare", "good.csv", "secret.csv")
    #expect(run.code == 64)
    #expect(run.errors.contains("secret.csv: cannot be opened"))
  }

  @Test func filtersThatLeaveNothing() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [1, 0, 1])
    let none = try shop.tally("compare", "a.csv", "a.csv", "--where", "id=zebra")
    #expect(none.code == 64)
    #expect(none.output.isEmpty)
    #expect(none.errors.contains("--where id=zebra"))
    let unknown = try shop.tally("compare", "a.csv", "a.csv", "--where", "split=test")
    #expect(unknown.code == 64)
    #expect(unknown.errors.contains("no column 'split' (--where)"), "\(unknown.errors)")
  }

  @Test(arguments: [
    [], ["compare"], ["compare", "a.csv"], ["compare", "a.csv", "a.csv", "--format", "xml"],
    ["compare", "a.csv", "a.csv", "--margin", "banana"], ["compare", "a.csv", "a.csv", "--margin", "-1%"],
    ["compare", "a.csv", "a.csv", "--alpha", "0"], ["compare", "a.csv", "a.csv", "--claim", "better"],
    ["compare", "a.csv", "a.csv", "--seed", "-1"], ["compare", "a.csv", "a.csv", "--where", "id"],
    ["compare", "a.csv", "a.csv", "--slice", "nope"], ["compare", "a.csv", "a.csv", "--item", "nope"],
    ["compare", "a.csv", "a.csv", "--show", "-1"], ["compare", "a.csv", "a.csv", "--unheard-of"],
    ["compare", "a.csv", "a.csv", "--methods", "--format", "json"],
    ["compare", "a.csv", "a.csv", "--methods", "--format", "csv"],
    ["power", "--effect", "0"], ["power", "--base-rate", "120%", "--items", "10"], ["power", "a", "b", "c"],
    ["comparison"],
  ])
  func misuse(arguments: [String]) throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [1, 0, 1])
    let run = try shop.tally(arguments)
    if arguments.isEmpty {
      // Bare `tally` is a question, and the answer is the help.
      #expect(run.code == 0)
      #expect(run.text.contains("tally compare before.csv after.csv"))
    } else {
      #expect(run.code == 64)
      #expect(run.output.isEmpty)
      #expect(!run.errors.isEmpty)
    }
  }
}
