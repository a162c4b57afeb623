import Patterns
import Records
import Redaction
import SeededRandom
import Testing

/// What is found by name, and what is not.
@Suite struct DetectorTests {
  private func redacted(_ text: String, _ detectors: Detector...) -> String {
    Redactor(detectors: detectors.isEmpty ? Detector.allCases : detectors).redacted(text) ?? text
  }

  @Test(arguments: [
    ("write to ada.lovelace+tally@mail.example.co.uk, please", "write to [email], please"),
    ("a@b is none, @c.de is none, x@y.zz is one", "a@b is none, @c.de is none, [email] is one"),
    // Published test numbers of card schemes.
    ("4111 1111 1111 1111", "[card]"), ("378282246310005.", "[card]."), ("5555-5555-5555-4444;", "[card];"),
    ("6011000990139424 and 3530111333300000", "[card] and [card]"),
    ("order 12345 4111111111111111", "order 12345 [card]"),
    ("4111 1111 1111 1112", "4111 1111 1111 1112"), ("0000 0000 0000 0000", "0000 0000 0000 0000"),
    ("41111111111111111111", "41111111111111111111"), ("4111  1111 1111 1111", "4111  1111 1111 1111"),
    // Examples of the IBAN registry.
    ("to DE89 3704 0044 0532 0130 00 today", "to [iban] today"), ("GB29NWBK60161331926819", "[iban]"),
    ("gb29 nwbk 6016 1331 9268 19", "[iban]"), ("NO9386011117947", "[iban]"),
    ("DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
    ("from 192.168.0.1:80, not 1.2.3, not 256.1.1.1", "from [ip]:80, not 1.2.3, not 256.1.1.1"),
    ("2001:db8:85a3:0:0:8a2e:370:7334 at 12:30:45", "[ip] at 12:30:45"),
    ("call +49 (30) 901820 or +1-202-555-0143", "call [phone] or [phone]"), ("+12 is a number", "+12 is a number"),
    ("key sk-proj-abcdefghijklmnop1234 in", "key [secret] in"), ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
    ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[secret]"),
    ("Authorization: Bearer abcdef0123456789ab", "Authorization: [secret]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig_natu-re", "[secret]"),
    ("task-list of sketches", "task-list of sketches"),
    ("", ""), ("Nothing to see here, 12 of 300.", "Nothing to see here, 12 of 300."),
    ("grüße an jörg@example.org 😀", "grüße an j\u{F6}[email] 😀"),
  ])
  func namesStandForWhatWasFound(text: String, expected: String) {
    #expect(redacted(text) == expected)
  }

  @Test func everyDetectorLooksForItsOwn() {
    let text = "a@b.cc 4111111111111111 GB29NWBK60161331926819 10.0.0.1 +4930901820 AKIAIOSFODNN7EXAMPLE"
    let parts = text.split(separator: " ").map(String.init)
    for (place, detector) in Detector.allCases.enumerated() {
      var expected = parts
      expected[place] = "[\(detector.rawValue)]"
      #expect(redacted(text, detector) == expected.joined(separator: " "))
    }
  }

  /// Every number with a right check digit is found, with one changed digit none is.
  @Test func checkDigitsDecide() {
    var random = SplitMix(seed: 7)
    for _ in 0..<2_000 {
      var digits = (0..<(12 + random.below(7))).map { _ in random.below(10) }
      digits[0] = 1 + random.below(9)
      var sum = 0
      for (place, digit) in digits.reversed().enumerated() {
        sum += place % 2 == 0 ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit
      }
      digits.append((10 - sum % 10) % 10)
      let right = digits.map(String.init).joined()
      #expect(redacted("x \(right) y", .card) == "x [card] y")
      let place = random.below(digits.count - 1) + 1
      digits[place] = (digits[place] + 1 + random.below(9)) % 10
      let wrong = digits.map(String.init).joined()
      #expect(redacted("x \(wrong) y", .card) == "x \(wrong) y")
    }
  }

  /// What stands apart from its neighbours is taken out at once: a second time there is nothing.
  @Test func redactedTextHasNothingLeft() {
    var random = SplitMix(seed: 8)
    let words = [
      "a@b.cc", "4111111111111111", "+4930901820", "10.0.0.1", "sk-abcdefghijklmnop", "-", " ", "x", "1", "@", ".", "😀",
    ]
    let redactor = Redactor(detectors: Detector.allCases)
    for _ in 0..<3_000 {
      let text = (0..<random.below(12)).map { _ in random.one(of: words) }.joined(separator: " ")
      guard let once = redactor.redacted(text) else { continue }
      #expect(redactor.redacted(once) == nil, "'\(text)' became '\(once)'")
    }
  }

  @Test func longHostileTextsEnd() {
    let redactor = Redactor(detectors: Detector.allCases)
    for unit in ["1 ", "a", "@", "1", "+1", "a.", "::", "DE", "sk-", "eyJ."] {
      _ = redactor.redacted(String(repeating: unit, count: 200_000 / unit.utf8.count))
    }
  }
}
