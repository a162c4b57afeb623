import Pricing
import Records

/// The model, its tokens, its settings, and how it ended.
extension SpanMapper {
  func readModel(_ tape: ValueTape, _ record: inout SpanRecord) {
    record.modelRequested = text(tape, .modelRequested)
    record.modelServed = text(tape, .modelServed)
    // OpenInference's one name is that of the model that answered; what was asked for is among the parameters.
    if let requested = place(.modelRequested), tape[requested].key.equals("llm.model_name"),
      let parameters = place(.parameterObject),
      let (parsed, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, parameters),
      let model = parsed.member("model", of: root), let name = text(parsed, at: model)
    {
      record.modelRequested = name
    }
    if let provider = place(.provider) { attributes.set("provider") { $0.append(tape, provider) } }
    record.tool = text(tape, .tool)
    if let word = text(tape, .kind), let kind = SpanWords.kind(word) {
      record.spanKind = kind
    } else if record.tool != nil {
      record.spanKind = "tool"
    } else if record.modelRequested != nil || record.modelServed != nil {
      record.spanKind = "chat"
    }
    guard record.spanKind == "tool" else { return }
    if let place = place(.toolSchema) { record.toolSchemaSHA256 = digestOfJSON(tape, place) }
    if let place = place(.toolArguments) {
      let digest = digestOfJSON(tape, place)
      attributes.set("args_sha256") { $0.append(plain: quoted(digest)) }
    }
  }

  func quoted(_ text: String) -> String { (try? JSONValue.string(text).canonical()) ?? "null" }

  /// The SHA-256 of a value's canonical JSON; of a text that holds an object or a list, of that.
  private func digestOfJSON(_ tape: ValueTape, _ place: Int) -> String {
    writer.removeAll()
    MessageWriter(writer: writer, scratch: scratch).writeParsed(tape, place)
    return HexadecimalText.text(SHA256Digest(of: writer.buffer))
  }

  // MARK: Tokens

  func readTokens(_ tape: ValueTape, _ record: inout SpanRecord) {
    var buckets = TokenBuckets()
    func count(_ field: SpanField) -> Int64? { place(field).flatMap { tape.count(at: $0) } }
    buckets.input = count(.inputTokens)
    buckets.output = count(.outputTokens)
    buckets.total = count(.totalTokens)
    buckets.cacheRead = count(.cacheRead)
    buckets.cacheWrite = count(.cacheWrite)
    buckets.cacheWrite5Minutes = count(.cacheWrite5Minutes)
    buckets.cacheWrite1Hour = count(.cacheWrite1Hour)
    buckets.reasoning = count(.reasoningTokens)
    buckets.inputAudio = count(.inputAudio)
    buckets.inputImage = count(.inputImage)
    buckets.inputText = count(.inputText)
    buckets.outputAudio = count(.outputAudio)
    buckets.outputText = count(.outputText)
    if let place = place(.providerMetadata) { readProviderMetadata(tape, place, &buckets) }
    buckets.settle(isExclusive: reportsExclusively(tape))
    if let place = place(.usage),
      let (parsed, root) = tape[place].kind == .map
        ? (tape, place) : MessageWriter(writer: writer, scratch: scratch).parsed(tape, place),
      let reported = ProviderUsage.buckets(parsed, root)
    {
      buckets.fill(from: reported)
    }
    if let tier = text(tape, .serviceTier) { buckets.modes.set("service_tier", tier) }
    record.inputTokens = buckets.input
    record.outputTokens = buckets.output
    record.cachedTokens = buckets.cacheRead
    object.removeAll()
    buckets.write(to: object)
    if !object.isEmpty { attributes.set("tokens") { object.write(to: $0) } }
    if let billing = buckets.billing { attributes.set("billing") { $0.append(plain: billing) } }
    readCost(tape, &record)
  }

  /// Whether the reporter is known to leave the cache out of its input: Vercel's SDK before version 6 hands on what Anthropic
  /// and Bedrock count. The GenAI conventions, OpenInference, OpenLLMetry and Logfire count it in.
  private func reportsExclusively(_ tape: ValueTape) -> Bool {
    guard let provider = SpanMapper.attribute("ai.model.provider", tape), tape[provider].kind == .text else {
      return false
    }
    let name = tape[provider].text
    guard name.hasPrefix("anthropic") || name.hasPrefix("amazon-bedrock") || name.hasPrefix("bedrock") else {
      return false
    }
    return SpanMapper.attribute("ai.usage.inputTokenDetails.cacheReadTokens", tape) == nil
      && SpanMapper.attribute("ai.usage.inputTokenDetails.noCacheTokens", tape) == nil
  }

  /// `{"anthropic": {"cacheReadInputTokens", "cacheCreationInputTokens"}}` of Vercel's SDK.
  private func readProviderMetadata(_ tape: ValueTape, _ place: Int, _ buckets: inout TokenBuckets) {
    guard let (parsed, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, place) else { return }
    guard let anthropic = parsed.member("anthropic", of: root) else { return }
    func count(_ key: StaticString) -> Int64? { parsed.member(key, of: anthropic).flatMap { parsed.count(at: $0) } }
    buckets.cacheRead = buckets.cacheRead ?? count("cacheReadInputTokens")
    buckets.cacheWrite = buckets.cacheWrite ?? count("cacheCreationInputTokens")
  }

  private func readCost(_ tape: ValueTape, _ record: inout SpanRecord) {
    var source = tape
    var cost = place(.cost)
    if cost == nil, let details = place(.costDetails),
      let (parsed, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, details)
    {
      source = parsed
      cost = parsed.member("total", of: root)
    }
    guard let cost, var digits = text(source, at: cost) else { return }
    // Numbers of JSON as they are spelled: a price must not take the way of a double where it need not.
    if !source[cost].text.isEmpty { digits = source[cost].text.string }
    guard let units = digits.withUTF8({ MoneyText.units(UnsafeRawBufferPointer($0)) }), units >= 0 else { return }
    record.cost = Money(units: units, currency: "USD")
  }

  // MARK: Settings

  /// The groups of parameters with their names.
  private static let parameters: [(group: Int, name: StaticString)] = AttributeTable.groups.enumerated().compactMap {
    $0.element.field == .parameter ? ($0.offset, $0.element.name) : nil
  }

  func readParameters(_ tape: ValueTape, _ record: inout SpanRecord) {
    object.removeAll()
    for (number, name) in SpanMapper.parameters where winners[number] >= 0 {
      object.set(name) { $0.append(tape, winners[number]) }
    }
    if let place = place(.parameterObject) { readParameterObject(tape, place) }
    guard !object.isEmpty else { return }
    writer.removeAll()
    object.write(to: writer)
    record.parameters = writer.string()
  }

  /// Keys of a request's parameters that hold what is said.
  private static let spokenKeys: [StaticString] = [
    "messages", "input", "prompt", "contents", "system", "tools", "functions",
  ]

  /// Takes the members of an object of parameters. What is said is content; the model has a field of its own.
  private func readParameterObject(_ tape: ValueTape, _ place: Int) {
    let (parsed, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, place) ?? (tape, place)
    guard parsed[root].kind == .map else {
      return attributes.set(tape[place].key) { $0.append(tape, place) }
    }
    var isSpoken = false
    var part = root + 1
    while part < parsed[root].next {
      let node = parsed[part]
      if SpanMapper.spokenKeys.contains(where: { node.key.equals($0) }) {
        isSpoken = true
      } else if node.kind != .null, !node.key.equals("model") {
        object.set(node.key) { $0.append(parsed, part) }
      }
      part = node.next
    }
    if isSpoken { otherContent.set(tape[place].key) { $0.append(tape, place) } }
  }

  // MARK: The end

  func readEnd(_ tape: ValueTape, _ item: OTLPItem, _ record: inout SpanRecord) {
    if let place = place(.finishReason) { readFinishReason(tape, place, &record) }
    record.errorType = text(tape, .errorType)
    for event in item.events where record.errorType == nil && event.name.equals("exception") {
      var place = event.attributes.lowerBound
      while place < event.attributes.upperBound {
        if item.eventAttributes[place].key.equals("exception.type") {
          record.errorType = text(item.eventAttributes, at: place)
        }
        place = item.eventAttributes[place].next
      }
    }
    let failed = item.statusCode == 2 || item.statusCode == 0 && text(tape, .errorType) != nil
    if failed {
      record.status = record.errorType.map(SpanWords.isTimeout) == true ? .timeout : .error
    }
    if let place = place(.refusal) {
      record.refusal = text(tape, at: place).map { $0 == "true" || $0 == "1" }
    } else if let reason = record.finishReason, SpanWords.isRefusal(reason) {
      record.refusal = true
    }
  }

  /// The reason of the first choice; of several, all are kept.
  private func readFinishReason(_ tape: ValueTape, _ place: Int, _ record: inout SpanRecord) {
    let (list, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, place) ?? (tape, place)
    let first = list[root].kind == .list ? root + 1 : root
    guard first < list[root].next, let word = text(list, at: first) else { return }
    let reason = SpanWords.finishReason(word)
    record.finishReason = reason
    if reason != word || list[first].next < list[root].next {
      attributes.set("finish_reasons") { $0.append(list, root) }
    }
  }
}
