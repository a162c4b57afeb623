import Records
import Testing

@testable import Tokenization

/// Counts that the specification of the token check states, for cl100k_base and o200k_base.
@Suite struct WorkedExampleTests {
  private static let counts: [(text: String, cl100k: Int, o200k: Int)] = [
    ("The shipment will arrive on Tuesday and the customer must sign for the package.", 15, 15),
    ("El envío llegará el martes y el cliente deberá firmar la entrega del paquete.", 21, 16),
    ("Die Sendung trifft am Dienstag ein und der Kunde muss den Empfang des Pakets quittieren.", 24, 19),
    ("货物将于星期二送达,客户必须签收包裹。", 21, 17),
    ("荷物は火曜日に到着し、お客様は荷物の受け取りに署名する必要があります。", 40, 25),
    ("배송물은 화요일에 도착하며 고객은 소포를 수령할 때 서명해야 합니다.", 43, 23),
    ("शिपमेंट मंगलवार को पहुंचेगा और ग्राहक को पैकेज के लिए हस्ताक्षर करना होगा।", 72, 21),
    ("résumé café naïve", 6, 5), ("re\u{301}sume\u{301} cafe\u{301} nai\u{308}ve", 11, 9),
    ("total amount due", 3, 3), ("total\u{A0}amount\u{A0}due", 5, 5), ("total\u{200B}amount\u{200B}due", 5, 5),
  ]

  @Test func countsOfTheSpecification() throws {
    let cl100k = try PublishedVocabulary.tokenizer("cl100k_base")
    let o200k = try PublishedVocabulary.tokenizer("o200k_base")
    for (text, first, second) in WorkedExampleTests.counts {
      if let cl100k { #expect(cl100k.count(text) == first, "\(text)") }
      if let o200k { #expect(o200k.count(text) == second, "\(text)") }
    }
  }

  @Test func sharedPrefixesOfTheSpecification() throws {
    guard let o200k = try PublishedVocabulary.tokenizer("o200k_base") else { return }
    let rule = String(repeating: "Follow the policy strictly and cite the section number. ", count: 60)
    let prompt = "You are a support assistant. " + rule
    let stamps = ["Now: 2026-04-15T09:41:00Z", "Now: 2026-04-15T09:42:07Z"]
    let before = stamps.map { $0 + "\n" + prompt }
    let behind = stamps.map { prompt + "\n" + $0 }
    #expect(o200k.sharedPrefix(before[0], before[1]) == 12)
    #expect(o200k.count(before[0]) == 624)
    #expect(o200k.sharedPrefix(behind[0], behind[1]) == 619)
    #expect(o200k.count(behind[0]) == 623)
    #expect(o200k.sharedPrefix("You are a", "You are  a") == 2)
    let tools = #"{"a_tool": 1, "b_tool": 2, "c": [1, 2]}"#
    #expect(o200k.sharedPrefix(tools, #"{"b_tool": 2, "a_tool": 1, "c": [1, 2]}"#) == 1)
    #expect(o200k.count(tools) == 23)
  }

  @Test func vectorsOfAnotherProject() throws {
    guard let cl100k = try PublishedVocabulary.tokenizer("cl100k_base") else { return }
    guard let bytes = PublishedVocabulary.sharedBytes("tokenizer/vectors_cl100k_base.json") else { return }
    for vector in try JSONValue(parsing: bytes).elements {
      let ids = (vector["ids"]?.elements ?? []).compactMap { $0.whole.map(TokenID.init) }
      #expect(cl100k.encode(vector["text"]?.text ?? "") == ids)
    }
  }

  /// Texts that make quadratic tokenizers stop for minutes; here the test would not end in time.
  @Test(arguments: ["cl100k_base", "o200k_base"])
  func aMillionBytesOfOneCharacter(name: String) throws {
    guard let tokenizer = try PublishedVocabulary.tokenizer(name) else { return }
    for unit in ["a", " ", "_", "😀", "中", "\n", "0", "\u{301}", "aA", "\r\n", "a ", "'s", "\t "] {
      let bytes = Array(repeatElement(Array(unit.utf8), count: 1_000_000 / unit.utf8.count).joined())
      let ids = tokenizer.encode(bytes)
      #expect(tokenizer.count(bytes) == ids.count)
      #expect(try tokenizer.decode(ids) == bytes)
    }
  }
}
