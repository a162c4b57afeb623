import Records
import Store

/// A trace that may go on: what its answers rest on becomes known span by span.
struct OpenTrace {
  fileprivate let id: TextKey
  fileprivate var hour: Int64
  var work = AnswerCensus.Work()
  /// Most traces have one answer.
  private var first: Int32?
  private var others: [Int32] = []

  fileprivate init(id: TextKey, hour: Int64) {
    (self.id, self.hour) = (id, hour)
  }

  mutating func add(answer: Int32) {
    if first == nil { first = answer } else { others.append(answer) }
  }

  func forEachAnswer(_ body: (Int32) -> Void) {
    if let first { body(first) }
    others.forEach(body)
  }
}

/// The traces of spans that come hour by hour, the newest hour first. A trace is over when two hours went by without a span of it.
struct OpenTraces {
  /// That of the newest span.
  var current = OpenTrace(id: TextKey(""), hour: .max)
  private var all: [TextKey: OpenTrace] = [:]
  /// Traces by the hour in which they were left; one may have been seen again since.
  private var left: [(hour: Int64, traces: [TextKey])] = []
  private var hour = Int64.max
  private static let patience: Int64 = 2

  /// - Returns: the traces that are over.
  mutating func begin(hour: Int64) -> [OpenTrace] {
    leave()
    self.hour = hour
    var over: [OpenTrace] = []
    while let oldest = left.first, oldest.hour - hour > OpenTraces.patience {
      left.removeFirst()
      for id in oldest.traces {
        if let place = all.index(forKey: id), all.values[place].hour == oldest.hour {
          over.append(all.remove(at: place).value)
        }
      }
    }
    left.append((hour, []))
    return over
  }

  /// Makes the trace of a span the current one: mostly that of the span before.
  mutating func turn(to span: some SpanFacts) throws {
    let id = try span.trace
    if current.hour == hour, current.id == id { return }
    leave()
    current = all.removeValue(forKey: id) ?? OpenTrace(id: id, hour: hour)
    current.hour = hour
  }

  private mutating func leave() {
    guard current.hour != .max else { return }
    all[current.id] = current
    left[left.count - 1].traces.append(current.id)
    current.hour = .max
  }

  /// - Returns: the others, when no span is left.
  mutating func end() -> [OpenTrace] {
    leave()
    defer { (all, left) = ([:], []) }
    return Array(all.values)
  }
}
