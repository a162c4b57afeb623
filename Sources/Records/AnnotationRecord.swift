/// A judgement on a subject by a person, a model or code.
public struct AnnotationRecord: Sendable, Equatable {
  public enum AnnotatorKind: String, Sendable {
    case human, llm, code
  }

  public enum Value: Sendable, Equatable {
    case label(String)
    case number(Double)

    /// The label, or the number as text.
    public var text: String {
      switch self {
      case .label(let label): label
      case .number(let number): (try? JSONValue.number(number).canonical()) ?? "\(number)"
      }
    }

    public var number: Double? {
      if case .number(let number) = self { number } else { nil }
    }
  }

  public var annotationID: String
  /// The record or artifact that is judged.
  public var subject: String
  public var subjectSHA256: String?
  public var name: String
  public var value: Value
  public var annotatorKind: AnnotatorKind
  public var annotator: String
  public var reasonTags: [String]
  public var note: String?
  public var seconds: Double?
  public var surface: String?
  public var sawCritic: Bool?
  /// A seeded known answer.
  public var probe: Bool?
  /// The annotation that this one replaces.
  public var supersedes: String?
  public var vocabularyVersion: Int64
  public var at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init(
    annotationID: String, subject: String, name: String, value: Value, annotatorKind: AnnotatorKind, annotator: String,
    at: Instant
  ) {
    self.annotationID = annotationID
    self.subject = subject
    self.name = name
    self.value = value
    self.annotatorKind = annotatorKind
    self.annotator = annotator
    self.reasonTags = []
    self.vocabularyVersion = 1
    self.at = at
  }
}
