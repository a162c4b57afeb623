import Pricing
import Records

extension TokenBuckets {
  /// Writes what the record has no field of its own for.
  func write(to object: CanonicalObject) {
    forEachPart { key, count in object.set(key) { $0.append(integer: count) } }
    if let wasExclusive {
      object.set("reported_input") { $0.append(wasExclusive ? "\"exclusive\"" : "\"inclusive\"") }
    }
    if !beside.isEmpty {
      object.set("beside") { $0.append(plain: TokenBuckets.text(.array(beside.map { .object($0.members) }))) }
    }
  }

  /// The modes as they were reported, as canonical JSON; nil when there are none.
  var billing: String? {
    guard !modes.words.isEmpty else { return nil }
    var object = JSONObject()
    for (name, word) in modes.words { object[name] = .string(word) }
    return TokenBuckets.text(.object(object))
  }

  /// The counts of a part of a call, for which there is no record.
  private var members: JSONObject {
    var object = JSONObject()
    object["model"] = model.map(JSONValue.string)
    object["input"] = input.map(JSONValue.integer)
    object["output"] = output.map(JSONValue.integer)
    forEachPart { key, count in object[key.description] = .integer(count) }
    return object
  }

  /// Texts and whole numbers always have a canonical form.
  private static func text(_ value: JSONValue) -> String { (try? value.canonical()) ?? "null" }

  private func forEachPart(_ body: (StaticString, Int64) -> Void) {
    func part(_ key: StaticString, _ count: Int64?) { if let count { body(key, count) } }
    part("cache_read", cacheRead)
    part("cache_write", cacheWrite)
    part("cache_write_5m", cacheWrite5Minutes)
    part("cache_write_1h", cacheWrite1Hour)
    part("cache_read_audio", cacheReadAudio)
    part("reasoning", reasoning)
    part("input_audio", inputAudio)
    part("input_image", inputImage)
    part("input_video", inputVideo)
    part("input_text", inputText)
    part("output_audio", outputAudio)
    part("output_image", outputImage)
    part("output_text", outputText)
    part("web_searches", webSearches)
  }
}
