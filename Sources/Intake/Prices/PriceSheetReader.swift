import Pricing
import Records

/// Reads the prices of one model as genai-prices writes them: `{"input_mtok": 2.5, "output_mtok": {"base": 10, "tiers": [{"start":
/// 200000, "price": 15}]}}`. A price without tiers holds for calls of any length.
enum PriceSheetReader {
  private static let keys: [String: (kind: BilledKind, per: PriceNumber.Per)] = [
    "input_mtok": (.input, .million), "cache_read_mtok": (.cacheRead, .million),
    "cache_write_mtok": (.cacheWrite, .million), "cache_write_1h_mtok": (.cacheWrite1Hour, .million),
    "input_audio_mtok": (.inputAudio, .million), "cache_audio_read_mtok": (.cacheReadAudio, .million),
    "input_image_mtok": (.inputImage, .million), "input_video_mtok": (.inputVideo, .million),
    "output_mtok": (.output, .million), "output_reasoning_mtok": (.reasoning, .million),
    "output_audio_mtok": (.outputAudio, .million), "output_image_mtok": (.outputImage, .million),
    "web_searches_kcount": (.webSearch, .thousand), "requests_kcount": (.request, .thousand),
  ]

  static func read(_ reader: inout JSONReader) throws -> PriceSheet {
    var sheet = PriceSheet()
    try reader.requireObject("prices")
    while let key = try reader.nextKey()?.string {
      // Prices of what no usage of tokens holds, such as hours of audio or pages.
      guard let (kind, per) = keys[key] else {
        try reader.skipValue()
        continue
      }
      sheet[kind] = try readTiered(&reader, key, per)
    }
    return sheet
  }

  private static func readTiered(
    _ reader: inout JSONReader, _ key: String, _ per: PriceNumber.Per
  ) throws -> TieredPrice? {
    guard try reader.peek() == .object else {
      return try PriceNumber.read(&reader, key, per: per).map { TieredPrice($0) }
    }
    let start = reader.offset
    var base: UnitPrice?
    var tiers: [TieredPrice.Tier] = []
    try reader.enterObject()
    while let part = try reader.nextKey() {
      if part.equals("base") {
        base = try PriceNumber.read(&reader, "\(key).base", per: per)
      } else if part.equals("tiers") {
        try reader.requireArray("\(key).tiers")
        while try reader.nextElement() { tiers.append(try readTier(&reader, key, per)) }
      } else {
        try reader.skipValue()
      }
    }
    guard let base else { throw reader.error(atOffset: start, problem: "\(key) has no base price") }
    return TieredPrice(base, tiers: tiers)
  }

  private static func readTier(
    _ reader: inout JSONReader, _ key: String, _ per: PriceNumber.Per
  ) throws -> TieredPrice.Tier {
    _ = try reader.peek()
    let start = reader.offset
    var above: Int64?
    var price: UnitPrice?
    try reader.requireObject("a tier of \(key)")
    while let part = try reader.nextKey() {
      if part.equals("start") {
        above = try PriceNumber.readTokens(&reader, "\(key).tiers.start")
      } else if part.equals("price") {
        price = try PriceNumber.read(&reader, "\(key).tiers.price", per: per)
      } else {
        try reader.skipValue()
      }
    }
    guard let above, let price else {
      throw reader.error(atOffset: start, problem: "a tier of \(key) must have a start and a price")
    }
    return .init(above: above, price: price)
  }

  /// `{"start_date": "2026-03-13"}`, which begins at midnight UTC, or `{"start_time": "00:30:00Z", "end_time": "16:30:00Z"}`.
  static func readConstraint(_ reader: inout JSONReader) throws -> Validity {
    var validity = Validity.always
    if try reader.peek() == .null {
      try reader.readNull()
      return validity
    }
    var hours: [String: Int64] = [:]
    let start = reader.offset
    try reader.requireObject("constraint")
    while let key = try reader.nextKey()?.string {
      _ = try reader.peek()
      let offset = reader.offset
      switch key {
      case "start_date", "end_date":
        let text = try reader.requireText(key)
        guard let instant = Instant(text) else {
          throw reader.error(
            atOffset: offset, problem: "\(key) must be a date, found '\(text.prefix(40))'",
            remedy: "Write for example 2026-03-13")
        }
        if key == "start_date" { validity.from = instant } else { validity.to = instant }
      case "start_time", "end_time":
        let text = try reader.requireText(key)
        guard let second = secondOfDay(text) else {
          throw reader.error(
            atOffset: offset, problem: "\(key) must be a time of the day, found '\(text.prefix(40))'",
            remedy: "Write for example 16:30:00Z")
        }
        hours[key] = second
      case "type": try reader.skipValue()
      // A condition that is not understood would be one that always holds.
      default: throw reader.error(atOffset: offset, problem: "the constraint '\(key.prefix(40))' is not known")
      }
    }
    guard !hours.isEmpty else { return validity }
    guard let first = hours["start_time"], let last = hours["end_time"] else {
      throw reader.error(atOffset: start, problem: "a constraint must have a start_time and an end_time")
    }
    validity.hours = DailyHours(start: first, end: last)
    return validity
  }

  /// `16:30:00Z`, `16:30`, `18:30:00+02:00`: the second of the day in UTC; without an offset it is UTC.
  private static func secondOfDay(_ text: String) -> Int64? {
    let (clock, offset) = split(text)
    let zone = offset.isEmpty ? "Z" : offset
    let whole = clock.utf8.count == 5 ? clock + ":00" : clock
    guard let instant = Instant("1970-01-02T\(whole)\(zone)") else { return nil }
    return instant.nanoseconds / 1_000_000_000 % 86_400
  }

  private static func split(_ text: String) -> (String, String) {
    let end = text.firstIndex { "zZ+-".contains($0) } ?? text.endIndex
    return (String(text[..<end]), String(text[end...]))
  }
}
