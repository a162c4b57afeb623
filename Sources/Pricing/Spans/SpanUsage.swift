internal import Records

/// What a recorded span says of its usage.
///
/// The record's own fields hold input, output and what was read from the cache; finer counts lie in `attributes.tokens`, the modes
/// in `attributes.billing`, both written by whoever mapped the span. The counts as the provider reported them stay beside
/// them (`attributes.usage`).
struct SpanUsage {
  var usage = TokenBuckets()
  var provider: String?
  /// As its upstream knows the model, where the caller calls it something else.
  var upstreamModel: String?
  /// Whether anybody was asked: not, where a call was refused before, or a drill answered it.
  var wasAsked = true

  init(_ span: SpanRecord) {
    usage.input = span.inputTokens
    usage.output = span.outputTokens
    usage.cacheRead = span.cachedTokens
    if let text = span.attributes, let attributes = try? JSONValue(parsing: text) { read(attributes) }
    // What was asked for is what was billed, unless the answer says otherwise.
    if usage.modes.words["service_tier"] == nil, let parameters = span.parameters,
      let tier = (try? JSONValue(parsing: parameters))?["service_tier"]?.text
    {
      usage.modes.set("service_tier", tier)
    }
  }

  private mutating func read(_ attributes: JSONValue) {
    provider = attributes["provider"]?.text
    upstreamModel = attributes["upstream_model"]?.text
    wasAsked = attributes["unasked"]?.truth != true
    if case .object(let modes)? = attributes["billing"] {
      for member in modes.members {
        if let word = member.value.text { usage.modes.set(member.key, word) }
      }
    }
    guard let tokens = attributes["tokens"] else { return }
    SpanUsage.read(tokens, into: &usage)
    usage.beside = (tokens["beside"]?.elements ?? []).map { part in
      var counts = TokenBuckets()
      counts.input = part["input"]?.whole
      counts.output = part["output"]?.whole
      counts.model = part["model"]?.text
      SpanUsage.read(part, into: &counts)
      return counts
    }
  }

  private static func read(_ tokens: JSONValue, into usage: inout TokenBuckets) {
    func count(_ key: String) -> Int64? { tokens[key]?.whole.flatMap { $0 >= 0 ? $0 : nil } }
    usage.cacheRead = usage.cacheRead ?? count("cache_read")
    usage.cacheWrite = count("cache_write")
    usage.cacheWrite5Minutes = count("cache_write_5m")
    usage.cacheWrite1Hour = count("cache_write_1h")
    usage.reasoning = count("reasoning")
    usage.inputAudio = count("input_audio")
    usage.inputImage = count("input_image")
    usage.inputVideo = count("input_video")
    usage.inputText = count("input_text")
    usage.cacheReadAudio = count("cache_read_audio")
    usage.outputAudio = count("output_audio")
    usage.outputImage = count("output_image")
    usage.outputText = count("output_text")
    usage.webSearches = count("web_searches")
  }
}
