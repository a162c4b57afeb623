import Records

/// Makes spans of OTLP into records, whichever convention their attributes follow (`AttributeTable`).
///
/// Keeps its memory from one span to the next. O(attributes), apart from sorting keys.
final class SpanMapper {
  let mapping: SpanMapping
  let index = AttributeIndex.shared
  /// The place of the attribute that counts in each group, -1 for none, and its rank there.
  var winners: [Int]
  private var ranks: [Int]
  /// What is done with each attribute of the span.
  private var uses: [Use] = []
  let scratch = ValueTape()
  let writer = CanonicalWriter()
  let attributes = CanonicalObject()
  let object = CanonicalObject()
  let otherContent = CanonicalObject()
  var tags: [(String, String)] = []
  var inputMessages = FlatMessages()
  var outputMessages = FlatMessages()
  var documents = RetrievedDocuments()
  private var lastFeature = LastString()
  private var lastName = LastString()

  private enum Use {
    case attribute
    case group(Int)
    /// In content or elsewhere already.
    case taken
    case otherContent
    case usage
    case tag(Int)
  }

  init(_ mapping: SpanMapping) {
    self.mapping = mapping
    winners = Array(repeating: -1, count: AttributeTable.groups.count)
    ranks = Array(repeating: Int.max, count: AttributeTable.groups.count)
  }

  /// The record of a span, and what was said in it.
  func map(_ item: OTLPItem) -> (record: SpanRecord, content: SpanContent) {
    scratch.removeAll()
    attributes.removeAll()
    otherContent.removeAll()
    tags.removeAll(keepingCapacity: true)
    sort(item.attributes)
    var record = SpanRecord(
      spanID: HexadecimalText.text(item.spanID), traceID: item.traceID.text,
      name: item.name.isEmpty ? "unnamed" : lastName.string(of: item.name), spanKind: "other",
      startedAt: Instant(nanoseconds: Int64(bitPattern: item.start)), feature: SpanMapping.unknownFeature)
    if item.parentID != 0 { record.parentID = HexadecimalText.text(item.parentID) }
    if item.end != 0 { record.endedAt = Instant(nanoseconds: Int64(bitPattern: max(item.end, item.start))) }
    if item.end != 0, item.end < item.start {
      attributes.set("ended_before_start_ns") { $0.append(integer: Int64(bitPattern: item.start &- item.end)) }
    }
    let tape = item.attributes
    readNames(tape, item, &record)
    readModel(tape, &record)
    readTokens(tape, &record)
    readParameters(tape, &record)
    readEnd(tape, item, &record)
    readRetrieved(tape, &record)
    var content = SpanContent()
    content.traceID = record.traceID
    content.spanID = record.spanID
    readContent(item, &record, &content)
    keepRest(tape, item, &record, &content)
    record.contents = content.hashes
    return (record, content)
  }

  // MARK: Sorting

  /// Finds for each attribute where it goes, and of several that mean the same the one that counts.
  private func sort(_ tape: ValueTape) {
    for group in winners.indices {
      winners[group] = -1
      ranks[group] = .max
    }
    uses.removeAll(keepingCapacity: true)
    inputMessages.removeAll()
    outputMessages.removeAll()
    documents.removeAll()
    var place = 0
    while place < tape.count {
      let node = tape[place]
      uses.append(use(tape, place, node))
      place = node.next
    }
  }

  private func use(_ tape: ValueTape, _ place: Int, _ node: ValueNode) -> Use {
    // An empty value is as good as none.
    if node.kind == .null || node.kind == .text && node.text.isEmpty { return .taken }
    var use: Use?
    index.forEach(node.key) { entry in
      use = use ?? .group(entry.group)
      if entry.rank < ranks[entry.group] {
        ranks[entry.group] = entry.rank
        winners[entry.group] = place
      }
    }
    if let use { return use }
    guard let (target, length) = index.flat(node.key) else {
      return index.isReservedTag(node.key) && node.kind == .text ? .tag(0) : .attribute
    }
    let rest = node.key.dropping(length)
    switch target {
    case .inputMessages: return inputMessages.add(rest, place) ? .taken : .otherContent
    case .outputMessages: return outputMessages.add(rest, place) ? .taken : .otherContent
    case .documents:
      documents.add(rest, place, tape)
      return .otherContent
    case .otherContent: return .otherContent
    case .usage: return .usage
    case .tag: return .tag(length)
    case .attribute: return index.isReservedTag(rest) && node.kind == .text ? .tag(length) : .attribute
    }
  }

  /// The place of the attribute that counts for a field.
  @inline(__always)
  func place(_ field: SpanField) -> Int? {
    let group = SpanMapper.groups[field.rawValue]
    return group >= 0 && winners[group] >= 0 ? winners[group] : nil
  }

  /// The first group of each field.
  private static let groups: [Int] = SpanField.allCases.map { field in
    AttributeTable.groups.firstIndex { $0.field == field } ?? -1
  }

  /// The text of the attribute that counts for a field; numbers and truth values as they are written.
  func text(_ tape: ValueTape, _ field: SpanField) -> String? {
    place(field).flatMap { text(tape, at: $0) }
  }

  func text(_ tape: ValueTape, at place: Int) -> String? {
    let node = tape[place]
    switch node.kind {
    case .text: return node.text.isEmpty ? nil : node.text.string
    case .integer: return String(node.word)
    case .boolean: return node.word != 0 ? "true" : "false"
    case .real: return node.real.isFinite ? (try? JSONValue.number(node.real).canonical()) : nil
    default: return nil
    }
  }

  // MARK: Naming

  private func readNames(_ tape: ValueTape, _ item: OTLPItem, _ record: inout SpanRecord) {
    record.feature =
      configured(mapping.featureAttributes, tape, item.resource) ?? text(tape, .feature)
      ?? SpanMapper.attribute("tally.feature", item.resource).flatMap { text(item.resource, at: $0) }
      ?? SpanMapper.attribute("service.name", item.resource).flatMap { place in
        item.resource[place].kind == .text && !item.resource[place].text.isEmpty
          ? lastFeature.string(of: item.resource[place].text) : nil
      } ?? SpanMapping.unknownFeature
    record.tenant =
      configured(mapping.tenantAttributes, tape, item.resource) ?? text(tape, .tenant)
      ?? SpanMapper.attribute("tenant.id", item.resource).flatMap { text(item.resource, at: $0) }
    record.sessionID = text(tape, .session)
    record.userID = text(tape, .user)
    record.stage = text(tape, .stage)
    record.trafficCluster = text(tape, .trafficCluster)
    record.idempotencyKey = text(tape, .idempotencyKey)
    record.attempt = place(.attempt).flatMap { tape.count(at: $0) }
    record.subject = text(tape, .subject)
    record.subjectSHA256 = digest(tape, .subjectSHA256)
    record.promptSHA256 = digest(tape, .promptSHA256)
    record.configSHA256 = digest(tape, .configSHA256)
    record.indexSHA256 = digest(tape, .indexSHA256)
    if let prompt = text(tape, .promptID) {
      record.promptID = text(tape, .promptVersion).map { "\(prompt)@\($0)" } ?? prompt
    }
    if record.promptSHA256 == nil, let place = place(.promptTemplate), tape[place].kind == .text {
      record.promptSHA256 = SHA256Digest(of: tape[place].text.bytes).description
    }
  }

  private func digest(_ tape: ValueTape, _ field: SpanField) -> String? {
    text(tape, field).flatMap { SHA256Digest(hexadecimal: $0)?.description }
  }

  /// The first attribute that the user named, of the span or else of its resource.
  private func configured(_ names: [String], _ tape: ValueTape, _ resource: ValueTape) -> String? {
    for name in names {
      for tape in [tape, resource] {
        var place = 0
        while place < tape.count {
          if tape[place].key.hasText(name), let text = text(tape, at: place) { return text }
          place = tape[place].next
        }
      }
    }
    return nil
  }

  /// The place of a top-level attribute.
  static func attribute(_ key: StaticString, _ tape: ValueTape) -> Int? {
    var place = 0
    while place < tape.count {
      if tape[place].key.equals(key) { return place }
      place = tape[place].next
    }
    return nil
  }

  // MARK: What has no field

  /// Keeps what has no field of its own: in `attributes`, in tags, or with the content.
  private func keepRest(
    _ tape: ValueTape, _ item: OTLPItem, _ record: inout SpanRecord, _ content: inout SpanContent
  ) {
    object.removeAll()
    var hasUsage = false
    var place = 0
    for use in uses {
      let node = tape[place]
      defer { place = node.next }
      switch use {
      case .taken: continue
      case .attribute: keep(tape, place)
      case .otherContent: otherContent.set(node.key) { $0.append(tape, place) }
      case .tag(let length):
        if let text = text(tape, at: place) { tags.append((node.key.dropping(length).string, text)) }
      case .usage: hasUsage = true
      case .group(let number):
        let group = AttributeTable.groups[number]
        if group.isUsage {
          hasUsage = true
        } else {
          keep(tape, place, of: group, winner: winners[number], record)
        }
      }
    }
    if hasUsage { keepUsage(tape) }
    keepShared(item, &record)
    if !otherContent.isEmpty { content.other = document { otherContent.write(to: $0) } }
    record.tags = tags.isEmpty ? Tags() : Tags(tags)
    if !attributes.isEmpty {
      writer.removeAll()
      attributes.write(to: writer)
      record.attributes = writer.string()
    }
  }

  /// Keeps an attribute under its own key, unless something derived has that name: then with the content, where nothing has.
  private func keep(_ tape: ValueTape, _ place: Int) {
    let key = tape[place].key
    let isTaken = SpanMapper.derivedNames.contains { key.equals($0) }
    (isTaken ? otherContent : attributes).set(key) { $0.append(tape, place) }
  }

  /// Names in `attributes` that the mapper gives.
  static let derivedNames: [StaticString] =
    [
      "provider", "tokens", "billing", "usage", "resource", "scope", "status_message", "finish_reasons", "args_sha256",
      "ttft_ms",
      "ended_before_start_ns",
    ] + AttributeTable.groups.filter { $0.field == .attribute && !$0.holdsJSON }.map(\.name)

  private func keep(
    _ tape: ValueTape, _ place: Int, of group: AttributeGroup, winner: Int, _ record: SpanRecord
  ) {
    guard place == winner else {
      // An alias that says the same adds nothing.
      if SpanMapper.areEqual(tape, place, winner) { return }
      if group.isContent { return otherContent.set(tape[place].key) { $0.append(tape, place) } }
      return keep(tape, place)
    }
    let name = BorrowedText(group.name)
    switch group.field {
    case .attribute:
      let messages = MessageWriter(writer: attributes.values, scratch: scratch)
      if name.equals("ttft_s") {
        guard tape[place].kind == .integer || tape[place].kind == .real else { return keep(tape, place) }
        let seconds = tape[place].kind == .integer ? Double(tape[place].word) : tape[place].real
        if winners.indices.contains(where: {
          winners[$0] >= 0 && BorrowedText(AttributeTable.groups[$0].name).equals("ttft_ms")
        }) {
          return keep(tape, place)
        }
        // Rounded to microseconds, so that 0.35 s is 350 ms.
        return attributes.set("ttft_ms") { $0.append(real: (seconds * 1e6).rounded() / 1e3) }
      }
      attributes.set(name) { group.holdsJSON ? messages.writeParsed(tape, place) : $0.append(tape, place) }
    case .tag: if let text = text(tape, at: place) { tags.append((group.name.description, text)) }
    case .tagList: readTagList(tape, place)
    case .otherContent: otherContent.set(tape[place].key) { $0.append(tape, place) }
    case .providerMetadata, .costDetails: keep(tape, place)
    case .toolSchema: otherContent.set(tape[place].key) { $0.append(tape, place) }
    // A word that says more than the kind, or that is not known.
    case .kind: if text(tape, at: place) != record.spanKind { keep(tape, place) }
    case .promptSHA256, .configSHA256, .indexSHA256, .subjectSHA256:
      if digest(tape, group.field) == nil { keep(tape, place) }
    case .attempt: if record.attempt == nil { keep(tape, place) }
    case .cost: if record.cost == nil { keep(tape, place) }
    default: if !group.isContent, !group.isStructured, text(tape, at: place) == nil { keep(tape, place) }
    }
  }

  /// The token counts as they were reported, by their own keys.
  private func keepUsage(_ tape: ValueTape) {
    var place = 0
    for use in uses {
      defer { place = tape[place].next }
      switch use {
      case .usage: break
      case .group(let number) where AttributeTable.groups[number].isUsage: break
      default: continue
      }
      let messages = MessageWriter(writer: object.values, scratch: scratch)
      let start = place
      object.set(tape[place].key) { _ in messages.writeParsed(tape, start) }
    }
    attributes.set("usage") { object.write(to: $0) }
  }

  /// The elements of a list of tags, as a list, as JSON in a text, or separated by commas.
  private func readTagList(_ tape: ValueTape, _ place: Int) {
    let messages = MessageWriter(writer: writer, scratch: scratch)
    let (tape, place) = messages.parsed(tape, place) ?? (tape, place)
    var part = tape[place].kind == .list ? place + 1 : place
    while part < tape[place].next {
      if let text = text(tape, at: part) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        tags.append((String(halves[0]), halves.count == 2 ? String(halves[1]) : "true"))
      }
      part = tape[part].next
    }
  }

  /// What the resource and the scope say of all of their spans.
  private func keepShared(_ item: OTLPItem, _ record: inout SpanRecord) {
    let resource = item.resource
    for name in mapping.tagAttributes {
      if let text = configured([name], item.attributes, resource) { tags.append((name, text)) }
    }
    object.removeAll()
    var place = 0
    while place < resource.count {
      let node = resource[place]
      defer { place = node.next }
      if node.key.equals("service.name") || node.kind == .null { continue }
      var isTag = false
      index.forEach(node.key) { entry in
        let group = AttributeTable.groups[entry.group]
        guard group.field == .tag, let text = text(resource, at: place) else { return }
        isTag = true
        // A span's own tag stands behind, where it wins.
        tags.insert((group.name.description, text), at: 0)
      }
      if !isTag { object.set(node.key) { $0.append(resource, place) } }
    }
    if !object.isEmpty { attributes.set("resource") { object.write(to: $0) } }
    if !item.scopeName.isEmpty {
      attributes.set("scope") { writer in
        object.removeAll()
        object.set("name") { $0.append(quoted: item.scopeName) }
        if !item.scopeVersion.isEmpty { object.set("version") { $0.append(quoted: item.scopeVersion) } }
        object.write(to: writer)
      }
    }
    if !item.statusMessage.isEmpty { attributes.set("status_message") { $0.append(quoted: item.statusMessage) } }
  }

  private static func areEqual(_ tape: ValueTape, _ left: Int, _ right: Int) -> Bool {
    let (first, second) = (tape[left], tape[right])
    return first.kind == second.kind && first.kind != .list && first.kind != .map && first.word == second.word
      && first.text.equals(second.text.bytes)
  }
}
