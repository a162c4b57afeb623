import Foundation
import Testing

/// An incident from its opening to its end, by the command.
struct IncidentCommandTests {
  private static let onset = "2026-03-01T14:00:00Z"

  private func shop() throws -> Workshop {
    let shop = try Workshop()
    let lines = [
      #"{"kind":"span","span_id":"s1","trace_id":"t1","name":"chat","span_kind":"chat","started_at":"2026-03-01T14:30:00Z","feature":"support","model_served":"gpt-4o-2024-11-20"}"#,
      #"{"kind":"change","surface":"model","from":"old","to":"new","actor":"bea","reason":"it is cheaper","at":"2026-03-01T13:00:00Z"}"#,
      #"{"kind":"trial","suite":"regressions","item_id":"refund-482","variant":"prod","passed":true,"at":"2026-03-01T15:00:00Z"}"#,
    ]
    try shop.write("w.jsonl", lines.joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "w.jsonl").code == 0)
    return shop
  }

  private func open(_ shop: Workshop, _ options: String...) throws -> Outcome {
    try shop.tally(["incident", "open", "support", "--onset", IncidentCommandTests.onset] + options)
  }

  @Test func fromOpeningToItsEnd() throws {
    let shop = try shop()
    let opened = try open(shop, "--harm", "2", "--affected-share", "0.12")
    #expect(opened.code == 0 && opened.text.contains("Incident inc-2026-03-01-support (SEV2) is open."))
    #expect(try open(shop).text.contains("inc-2026-03-01-support-2"))
    let id = "inc-2026-03-01-support"
    #expect(
      try shop.tally("incident", "triage", id, "--surface", "model", "--irreversible", "--reason", "the replays say so")
        .text.contains("is triaged: SEV1"))
    let draft = try shop.tally("incident", "draft", id)
    #expect(draft.code == 0, "\(draft.errors)")
    for part in ["| severity | SEV1 |", "old → new: it is cheaper", "triaged, SEV1: the replays say so", "**missing**"]
    {
      #expect(draft.text.contains(part), "\(part)")
    }
    let closure = try shop.tally("incident", "draft", id, "--format", "closure")
    try shop.write("closure.json", closure.text)
    let refused = try shop.tally("incident", "close", id, "--closure", "closure.json")
    #expect(refused.code == 1)
    #expect(refused.errors.contains("INCIDENT_INCOMPLETE") && refused.errors.contains("regression_item_id"))
    #expect(!refused.errors.contains("model_served"))
    var fields = try #require(try JSONSerialization.jsonObject(with: closure.output) as? [String: String])
    #expect(fields["model_served"] == "gpt-4o-2024-11-20")
    for (name, value) in fields where value == "tbd" { fields[name] = "as it was in the repository" }
    (fields["bad_rate"], fields["regression_item_id"]) = ("9/50", "refund-482")
    try shop.write("closure.json", try JSONSerialization.data(withJSONObject: fields))
    let closed = try shop.tally("incident", "close", id, "--closure", "closure.json")
    #expect(closed.code == 0 && closed.text.contains("9 of 50 answers were bad, and refund-482 stands for them"))
    let again = try shop.tally("incident", "close", id, "--closure", "closure.json")
    #expect(again.code == 64 && again.errors.contains("is closed since"))
    #expect(!(try shop.tally("incident", "list").text.contains("\(id) ")))
    let all = try shop.tally("incident", "list", "--all", "--format", "json").lines.filter { !$0.isEmpty }.map {
      try JSON(Data($0.utf8))
    }
    let one = try #require(all.first { $0["incident_id"].string == id })
    #expect(one["state"].string == "closed" && one["bad_x"].integer == 9 && one["bad_n"].integer == 50)
    // The check agrees with the command.
    let finding = try shop.tally("check", "incident-response", "--format", "json").text
    #expect(!finding.contains("INCIDENT_INCOMPLETE"))
  }

  /// Calls that the server refused itself, and those of drills, are no failures of the feature.
  @Test func whatNobodyAnsweredIsLeftOut() throws {
    let shop = try shop()
    let lines = (1...3).map { number in
      let attributes = number < 3 ? #""unasked":true"# : #""drill":"errors""#
      return
        #"{"kind":"span","span_id":"r\#(number)","trace_id":"r","name":"chat","span_kind":"chat","status":"error","#
        + #""started_at":"2026-03-01T14:40:00Z","feature":"support","attributes":{\#(attributes)}}"#
    }
    try shop.write("refused.jsonl", lines.joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "refused.jsonl").code == 0)
    #expect(try open(shop, "--id", "INC-1").code == 0)
    let draft = try shop.tally("incident", "draft", "INC-1").text
    #expect(draft.contains("| in the incident | 1 |"), "\(draft)")
    #expect(draft.contains("in the incident 2 refused before anybody was asked and 1 met by a drill."), "\(draft)")
  }

  @Test func whoDismissesKnowsTheRate() throws {
    let shop = try shop()
    #expect(try open(shop, "--id", "INC-1").code == 0)
    let refused = try shop.tally("incident", "dismiss", "INC-1", "--bad", "0/0", "--reason", "it was nothing")
    #expect(refused.code == 64 && refused.errors.contains("such as 9/50, not '0/0'"))
    let dismissed = try shop.tally("incident", "dismiss", "INC-1", "--bad", "3/1200", "--reason", "it was nothing")
    #expect(dismissed.code == 0 && dismissed.text.contains("INC-1 is dismissed: it was nothing"))
  }

  @Test(arguments: [
    (["open", "support", "--harm", "5"], "--harm is 1 to 4"),
    (["open", "support", "--affected-share", "12"], "0.12 is 12 %"),
    (["open", "support", "--onset", "yesterday"], "not 'yesterday'"),
    (["open", "support", "--onset", "2200-01-01T00:00:00Z"], "has not come yet"),
    (["open", "support", "--id", "INC-1"], "There is an incident 'INC-1' already"),
    (["triage", "INC-1", "--surface", "weather"], "--surface is one of account, code"),
    (["triage", "INC-1", "--bad", "7"], "such as 9/50, not '7'"),
    (["triage", "INC-1", "--reason", "because"], "in a few words"),
    (["draft", "INC-2"], "has no incident 'INC-2'"),
    (["draft", "INC-1", "--as-of", "noon"], "'noon' is no date and no time: write 2026-03-01"),
    (["draft", "INC-1", "--as-of", "2200-01-01"], "2200-01-01 has not come yet"),
    (["close", "INC-1", "--closure", "nowhere.json"], "nowhere.json cannot be read"),
    (["close", "INC-1", "--closure", "bad.json"], "bad.json:2:6: expected a key in quotes."),
    (["close", "INC-1", "--closure", "list.json"], "are a JSON object"),
  ])
  func whatIsWrongIsSaid(arguments: [String], words: String) throws {
    let shop = try shop()
    #expect(try open(shop, "--id", "INC-1").code == 0)
    try shop.write("bad.json", "{\"a\":\n  1, }")
    try shop.write("list.json", "[]")
    let run = try shop.tally(["incident"] + arguments)
    #expect(run.code == 64 && run.errors.contains(words), "\(run.errors)")
    #expect(try shop.tally("incident", "list").text.contains("INC-1"))
  }
}
