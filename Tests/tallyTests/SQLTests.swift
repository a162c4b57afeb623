import Foundation
import PostgresServer
import Testing

/// `tally sql`, as people ask.
struct SQLTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    let lines = (1...3).map { number in
      """
      {"kind":"span","trace_id":"t\(number)","span_id":"s\(number)","name":"chat","span_kind":"chat","feature":"=desk",\
      "started_at":"2026-11-25T10:00:0\(number)Z","ended_at":"2026-11-25T10:00:0\(number).5Z","input_tokens":\(number),\
      "cost_usd":"0.0000\(number)"}
      """
    }
    try shop.write("spans.jsonl", lines.joined(separator: "\n") + "\n")
    #expect(try shop.tally("ingest", "spans.jsonl").code == 0)
    return shop
  }

  @Test func answersAsTextCSVAndJSON() throws {
    let shop = try shop()
    let question = "SELECT span_id, feature, input_tokens AS n, tenant FROM spans ORDER BY span_id"
    let text = try shop.tally("sql", question)
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.text == "span_id  feature  n  tenant\ns1       =desk    1\ns2       =desk    2\ns3       =desk    3\n")
    let csv = try shop.tally("sql", question, "--format", "csv")
    #expect(csv.text == "span_id,feature,n,tenant\r\ns1,=desk,1,\r\ns2,=desk,2,\r\ns3,=desk,3,\r\n")
    let json = try shop.tally(["sql", "--format", "json", "-"], input: question)
    let rows = try #require(JSONSerialization.jsonObject(with: json.output) as? [[String: Any]])
    #expect(rows.count == 3 && rows[1]["n"] as? Int == 2 && rows[1]["tenant"] is NSNull)
    let none = try shop.tally("sql", "SELECT 1 AS a WHERE 1 = 0", "--format", "json")
    #expect(none.text == "[]\n")
    let costs = try shop.tally("sql", "SELECT sum(cost_usd) AS usd FROM spans", "--format", "csv")
    #expect(costs.text == "usd\r\n6e-05\r\n")
  }

  @Test func aCutAnswerSaysSo() throws {
    let shop = try shop()
    let whole = try shop.tally("sql", "SELECT span_id FROM spans", "--limit", "3")
    #expect(whole.lines.count == 5 && !whole.errors.contains("--limit"))
    let cut = try shop.tally("sql", "SELECT span_id FROM spans", "--limit", "2")
    #expect(cut.lines.count == 4 && cut.errors.contains("only the first 2 rows"))
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i FROM n"
    #expect(try shop.tally("sql", many).lines.count == 1_002)
    #expect(try shop.tally("sql", many, "--limit", "all").lines.count == 1_502)
    #expect(try shop.tally("sql", many, "--limit", "0").code == 64)
  }

  @Test func mistakesShowTheirPlace() throws {
    let shop = try shop()
    let wrong = try shop.tally(["sql", "-"], input: "SELECT span_id,\n  nowhere\nFROM spans\n")
    #expect(wrong.code == 64 && wrong.errors.contains("no such column: nowhere"))
    #expect(wrong.errors.contains("line 2, column 3:   nowhere\n"))
    #expect(wrong.errors.hasSuffix("                      ^\n"), "\(wrong.errors)")
    let hostile = try shop.tally("sql", "DELETE FROM span")
    #expect(
      hostile.code == 64 && hostile.errors.contains("DELETE is refused: a question only reads the ledger")
        && hostile.text.isEmpty)
    let hidden = try shop.tally("sql", "WITH x AS (SELECT 1) DELETE FROM span")
    #expect(hidden.code == 64 && hidden.errors.contains("it would delete from span"), "\(hidden.errors)")
    let plan = try shop.tally("sql", "EXPLAIN QUERY PLAN SELECT count(*) FROM spans")
    #expect(plan.code == 0 && plan.text.contains("SCAN"), "\(plan.errors)")
    let slow = try shop.tally(
      "sql", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", "--timeout", "1s"
    )
    #expect(slow.code == 74 && slow.errors.contains("stopped after 1 s"))
    #expect(try shop.tally("sql").code == 64)
    #expect(try shop.tally("sql", "SELECT 1", "--ledger", "nowhere.db").code == 73)
    #expect(!FileManager.default.fileExists(atPath: shop.url("nowhere.db").path))
  }

  @Test func theSchemaNamesWhatCanBeAsked() throws {
    let shop = try shop()
    let schema = try shop.tally("sql", "--schema")
    #expect(schema.code == 0 && schema.text.contains("spans: operations of an AI system"))
    #expect(schema.text.contains("amount of money as the exporter stated it; what tally priced is costs.amount"))
    // Each view that is named can be asked, with each of its columns.
    var (view, columns): (String?, [String]) = (nil, [])
    var asked = 0
    for line in schema.lines + [""] {
      if line.hasPrefix("  ") {
        columns.append(String(line.split(separator: " ")[0]))
      } else if line.isEmpty, let name = view {
        let answer = try shop.tally("sql", "SELECT \(columns.joined(separator: ", ")) FROM \(name)")
        #expect(answer.code == 0, "\(name): \(answer.errors)")
        (view, columns, asked) = (nil, [], asked + 1)
      } else if !line.hasPrefix("The"), line.contains(": ") {
        view = String(line.split(separator: ":")[0])
      }
    }
    #expect(asked == 18)
  }

  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func aServerAnswersTheSame() throws {
    // One of its own: another test has its ledger in the shared one.
    let server = try PostgresServer()
    let shop = try shop()
    let address = server.url()
    #expect(try shop.tally("ingest", "spans.jsonl", "--ledger", address).code == 0)
    for question in [
      "SELECT span_id, started_at, duration_ms, feature, input_tokens FROM spans WHERE trace_id IN ('t1','t2','t3') ORDER BY 1",
      "SELECT count(*) AS n, sum(input_tokens) AS tokens FROM spans WHERE feature = '=desk'",
    ] {
      let here = try shop.tally("sql", question, "--format", "json")
      let there = try shop.tally("sql", question, "--format", "json", "--ledger", address)
      #expect(here.code == 0 && here.text == there.text, "\(there.errors)")
    }
    let wrong = try shop.tally("sql", "SELECT nowhere FROM spans", "--ledger", address)
    #expect(wrong.code == 64 && wrong.errors.contains("line 1, column 8: "), "\(wrong.errors)")
    let slow = try shop.tally(
      "sql", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", "--timeout",
      "1s",
      "--ledger", address)
    #expect(slow.code == 74)
    let plan = try shop.tally("sql", "EXPLAIN SELECT count(*) FROM spans", "--ledger", address)
    #expect(plan.code == 0 && plan.text.contains("Aggregate"), "\(plan.errors)")
    let change = try shop.tally("sql", "EXPLAIN ANALYZE DELETE FROM span", "--ledger", address)
    #expect(change.code == 64 && change.errors.contains("only read"), "\(change.errors)")
    // Whoever administers the server asks as somebody who may only read.
    let role = try shop.tally("sql", "SELECT current_user AS who", "--format", "csv", "--ledger", address)
    #expect(role.text == "who\r\npg_read_all_data\r\n", "\(role.text) \(role.errors)")
    let exact = try shop.tally(
      "sql", "SELECT sum(cost_usd) AS usd FROM spans WHERE feature = '=desk'", "--format", "csv", "--ledger", address)
    #expect(exact.text == "usd\r\n0.00006\r\n")
  }
}
