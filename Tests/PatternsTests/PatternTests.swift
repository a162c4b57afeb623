import Patterns
import SeededRandom
import Testing

struct PatternTests {
  @Test(arguments: [
    ("^gemini-3\\.5-flash-\\d", "gemini-3.5-flash-001", true), ("^gemini-3\\.5-flash-\\d", "gemini-3.5-flash", false),
    ("^gemini-3\\.5-flash-\\d", "gemini-3x5-flash-001", false), ("^o[134]", "o3-mini", true), ("^o[134]", "o2", false),
    ("^google/gemini-3\\.5-flash-\\d{8}$", "google/gemini-3.5-flash-20260301", true),
    ("^google/gemini-3\\.5-flash-\\d{8}$", "google/gemini-3.5-flash-2026030", false),
    ("^google/gemini-3\\.5-flash-\\d{8}$", "google/gemini-3.5-flash-202603011", false),
    ("(?:mi|code|dev|magi|mini)stral", "magistral-medium", true), ("(?:mi|code|dev|magi|mini)stral", "astral", false),
    ("^(?!.*-[tT][tT][sS](?:$|-))", "gpt-4o", true), ("^(?!.*-[tT][tT][sS](?:$|-))", "gpt-4o-tts", false),
    ("^(?!.*-[tT][tT][sS](?:$|-))", "gpt-tts-1", false), ("^(?!.*-[tT][tT][sS](?:$|-))", "gpt-ttsx", true),
    ("^claude-opus-5[-@]\\d{8}$", "claude-opus-5@20260101", true), ("a{2,}", "aa", true), ("a{2,}", "a", false),
    ("^(typesafe/)?jev-1\\.14(-\\d{8})?$", "jev-1.14", true), ("[^a-z]", "abc", false), ("[^a-z]", "ab1", true),
    ("\\bflash\\b", "gemini-flash-8b", true), ("\\bflash\\b", "gemini-flashy", false), ("[]x]", "]", true),
    ("[a-]", "-", true), ("", "anything", true), ("^$", "", true), ("^$", "x", false), ("(a*)*b", "aab", true),
    ("x(?=y)y", "xy", true), ("x(?=y)z", "xz", false),
  ])
  func findsWhatIsThere(pattern: String, name: String, expected: Bool) throws {
    #expect(try Pattern(pattern).matches(name) == expected)
  }

  @Test(arguments: [
    ("a(b", 3, "has a '(' without its ')'"), ("a)b", 1, "has a ')' without its '('"),
    ("[ab", 3, "has a '[' without its ']'"), ("*a", 0, "repeats nothing"), ("a**", 2, "repeats a repeat"),
    ("a++", 2, "repeats a repeat"), ("\\", 1, "ends in a '\\'"), ("\\p{L}", 1, "has an escape that is not read"),
    ("(?<name>a)", 1, "has a group of a kind that is not read"),
    ("(?<=a)b", 1, "has a group of a kind that is not read"),
    ("[z-a]", 2, "has a range that is none"),
    ("a{3,2}", 6, "repeats more often than 256 times, or less than it begins with"),
    ("a{257}", 6, "repeats more often than 256 times, or less than it begins with"),
    ("a{x}", 2, "expects a number after '{'"), ("a{2", 3, "expects a '}'"),
    ("^*", 2, "repeats something that has no length"),
    ("(?!(?=a)b)c", 10, "looks ahead while it looks ahead"),
    ("(a{200}){200}", 0, "repeats so much that it becomes too large"),
  ])
  func refusedPatterns(pattern: String, offset: Int, problem: String) {
    #expect(throws: Pattern.Fault.self) { try Pattern(pattern) }
    do {
      _ = try Pattern(pattern)
    } catch {
      #expect(error.offset == offset && error.problem == problem, "\(error)")
    }
  }

  @Test func nestingAndLengthHaveLimits() {
    #expect(throws: Pattern.Fault.self) { try Pattern(String(repeating: "(", count: 33)) }
    #expect(throws: Pattern.Fault.self) {
      try Pattern(String(repeating: "(", count: 33) + String(repeating: ")", count: 33))
    }
    #expect(throws: Never.self) {
      try Pattern(String(repeating: "(", count: 32) + String(repeating: ")", count: 32))
    }
    #expect(throws: Pattern.Fault.self) { try Pattern(String(repeating: "a", count: 1_025)) }
    #expect(throws: Never.self) { try Pattern(String(repeating: "a", count: 1_024)) }
  }

  /// The classic that ruins engines which try one way after the other.
  @Test func noPatternTakesForEver() throws {
    let pattern = try Pattern("^(a+)+(a|b|ab)*(a*)*c$")
    #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
  }

  /// Against the standard library's engine, on random patterns and names.
  @Test func agreesWithTheStandardLibrary() throws {
    var random = SplitMix(seed: 41)
    var compared = 0
    for _ in 0..<3_000 {
      let text = Self.pattern(&random, depth: 0)
      guard let pattern = try? Pattern(text), let reference = try? Regex(text) else { continue }
      for _ in 0..<8 {
        let name = String((0..<random.below(8)).map { _ in random.one(of: Array("ab1-")) })
        #expect(pattern.matches(name) == name.contains(reference), "/\(text)/ in '\(name)'")
        compared += 1
      }
    }
    #expect(compared > 20_000)
  }

  private static func pattern(_ random: inout SplitMix, depth: Int) -> String {
    var text = ""
    for _ in 0...random.below(3) {
      var atom: String
      switch random.below(depth < 2 ? 11 : 7) {
      case 0: atom = "a"
      case 1: atom = "b"
      case 2: atom = "1"
      case 3: atom = "[ab]"
      case 4: atom = "[^a-]"
      case 5: atom = "\\d"
      case 6: atom = "."
      case 7: atom = "(" + pattern(&random, depth: depth + 1) + ")"
      case 8: atom = "(?:" + pattern(&random, depth: depth + 1) + "|" + pattern(&random, depth: depth + 1) + ")"
      case 9: return text + random.one(of: ["^", "$"]) + pattern(&random, depth: depth + 1)
      default: return text + random.one(of: ["(?!", "(?="]) + pattern(&random, depth: 3) + ")" + "a?"
      }
      text += atom + random.one(of: ["", "", "", "?", "*", "+", "{2}", "{1,2}", "{0,}", "*?"])
    }
    return text
  }

  // MARK: Covering

  @Test(arguments: [
    ("ACC-\\d+", "pay ACC-12 and ACC-7.", [4..<10, 15..<20]), ("ACC-\\d+", "ACC-", []),
    ("a+", "baab a", [1..<3, 5..<6]),
    ("aba", "ababa", [0..<5]), ("ab", "abab", [0..<2, 2..<4]), ("a|a.*b", "aXa", [0..<1, 2..<3]),
    ("a|a.*b", "aXb", [0..<3]), ("\\b\\d{3}\\b", "123 1234 567", [0..<3, 9..<12]), ("^x", "xx", [0..<1]),
    ("x$", "xx", [1..<2]), ("x*", "", []), ("x*", "axxb", [1..<3]), (".*", "one\ntwo", [0..<3, 4..<7]), ("$", "a", []),
  ])
  func coversEveryMatch(pattern: String, text: String, ranges: [Range<Int>]) throws {
    #expect(try Pattern(pattern).cover(of: Array(text.utf8)) == ranges)
  }

  /// Against all matches that there are, found one by one.
  @Test func coversWhatTheStandardLibraryFinds() throws {
    var random = SplitMix(seed: 42)
    var covered = 0
    for _ in 0..<200 {
      let text = Self.pattern(&random, depth: 0)
      guard let pattern = try? Pattern(text), !pattern.looksAhead, (try? Regex(text)) != nil else { continue }
      let name = (0..<random.below(8)).map { _ in random.one(of: Array("ab1-".utf8)) }
      var isIn = [Bool](repeating: false, count: name.count)
      for range in pattern.cover(of: name) { for place in range { isIn[place] = true } }
      var expected = [Bool](repeating: false, count: name.count)
      for first in name.indices {
        for last in first..<name.count where Self.isMatch(text, name, first...last) {
          for place in first...last { expected[place] = true }
        }
      }
      #expect(isIn == expected, "/\(text)/ in '\(String(decoding: name, as: UTF8.self))'")
      covered += expected.count { $0 }
    }
    #expect(covered > 100)
  }

  /// Whether exactly these bytes are a match, with what stands around them.
  private static func isMatch(_ pattern: String, _ text: [UInt8], _ range: ClosedRange<Int>) -> Bool {
    let (before, after) = (range.lowerBound, text.count - range.upperBound - 1)
    guard let regex = try? Regex(".{\(before)}(?:\(pattern)).{\(after)}") else { return false }
    return String(decoding: text, as: UTF8.self).wholeMatch(of: regex) != nil
  }

  /// The classic that ruins those who look for the longest match again and again.
  @Test func coveringIsLinear() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 200_000)
    #expect(try Pattern("a|a.*b").cover(of: text).count == 200_000)
    #expect(try Pattern("^(a+)+(a|b|ab)*(a*)*c$").cover(of: text) == [])
  }
}
