public import Records

/// Redacts what comes of one delivery, one after the other: a record names what was said by the hash of what is kept of it, so that
/// contents come before the records that name them.
public struct DeliveryRedaction: Sendable {
  private let redactor: Redactor
  /// The hashes of contents that were changed.
  private var hashes: [SHA256Digest: SHA256Digest] = [:]

  public init(_ redactor: Redactor) {
    self.redactor = redactor
  }

  /// What was said, as it may be kept; nil when nothing of it is.
  public mutating func redacted(_ content: Content) -> Content? {
    guard let kept = redactor.redacted(content) else { return nil }
    if kept.sha256 != content.sha256 { hashes[content.sha256] = kept.sha256 }
    return redactor.dropsContent ? nil : kept
  }

  /// The record as it may be kept.
  public func redacted(_ record: Record) -> Record {
    func document(_ text: inout String?) {
      if let new = text.flatMap(redactor.redacted(document:)) { text = new }
    }
    switch record {
    case .span(var span):
      document(&span.attributes)
      if !hashes.isEmpty {
        for (_, path) in SpanContents.parts {
          if let new = span.contents[keyPath: path].flatMap({ hashes[$0] }) { span.contents[keyPath: path] = new }
        }
      }
      return .span(span)
    case .annotation(var annotation):
      document(&annotation.attributes)
      if let new = annotation.note.flatMap({ redactor.redacted($0) }) { annotation.note = new }
      return .annotation(annotation)
    case .trial(var trial):
      document(&trial.attributes)
      return .trial(trial)
    case .change(var change):
      document(&change.attributes)
      if let new = change.reason.flatMap({ redactor.redacted($0) }) { change.reason = new }
      return .change(change)
    default: return record
    }
  }
}
