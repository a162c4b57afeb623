import Records
import Store

/// What annotators said about subjects: the newest word of each, as long as nobody replaced it.
///
/// Memory grows with what people have judged, which people bound, not the ledger.
struct Ballots {
  struct Vote {
    let annotator: String
    let annotationID: String
    let value: AnnotationRecord.Value
  }

  private(set) var subjects: [String: [Vote]] = [:]

  mutating func add(_ annotation: Annotation) {
    let vote = Vote(
      annotator: annotation.annotator, annotationID: annotation.annotationID, value: annotation.value)
    var votes = subjects[annotation.subject] ?? []
    votes.removeAll { $0.annotator == vote.annotator || $0.annotationID == annotation.supersedes }
    votes.append(vote)
    subjects[annotation.subject] = votes
  }

  subscript(subject: String) -> [Vote] { subjects[subject] ?? [] }
}

extension AnnotationRecord.Value {
  /// Whether "correct" was said: true, pass, yes or 1 against false, fail, no or 0; nil for anything else.
  var isPass: Bool? {
    switch text {
    case "true", "pass", "passed", "yes", "1": true
    case "false", "fail", "failed", "no", "0": false
    default: nil
    }
  }
}
