import Records
import Synchronization

/// What a content is called until a record names it: its hour and its hash.
struct ContentKey: Hashable {
  let hour: Int64
  let sha256: SHA256Digest

  /// A hash needs no second one.
  func hash(into hasher: inout Hasher) { hasher.combine(sha256.words.0) }
}

/// Where contents lie that this process stored lately: instructions that come with every call are kept once an hour.
///
/// There is no index of contents by their hashes: hashes are random, and such an index is written all over. What was
/// forgotten, or was stored by another process, is kept once more, which costs space and nothing else.
final class RecentContents: Sendable {
  private struct State {
    /// The last change on record: whoever erases leaves one.
    var change: Int64 = -1
    /// The commit that is being written, by its number among those of this process; nil when the last one is durable.
    var writing: Int?
    var commits = 0
    var places: [ContentKey: ContentPlace] = [:]
    /// The same from the generation before, so that what is asked for stays.
    var earlier: [ContentKey: ContentPlace] = [:]

    mutating func forget() {
      places.removeAll(keepingCapacity: true)
      earlier.removeAll(keepingCapacity: true)
    }

    mutating func keep(_ place: ContentPlace, of key: ContentKey) {
      if places.count >= RecentContents.limit {
        swap(&places, &earlier)
        places.removeAll(keepingCapacity: true)
      }
      places[key] = place
    }
  }

  private let state = Mutex(State())
  /// In each of two generations, 2 MB each.
  private static let limit = 16_384

  /// A commit begins, and no other is being written: what was erased since the last one is where nobody should be sent,
  /// and so is what a commit said that is not known to be durable.
  /// - Parameter change: the last change on record.
  /// - Returns: the number to end it by.
  func start(after change: Int64) -> Int {
    state.withLock { state in
      if state.change != change || state.writing != nil { state.forget() }
      state.change = change
      state.commits += 1
      state.writing = state.commits
      return state.commits
    }
  }

  subscript(key: ContentKey) -> ContentPlace? {
    state.withLock { state in
      if let place = state.places[key] { return place }
      guard let place = state.earlier[key] else { return nil }
      state.keep(place, of: key)
      return place
    }
  }

  /// The commit at hand stores a content.
  func keep(_ place: ContentPlace, of key: ContentKey) { state.withLock { $0.keep(place, of: key) } }

  /// A commit is durable.
  /// - Parameter commit: its number; nil when it stored no contents.
  func end(_ commit: Int?) {
    // Another may have begun meanwhile, which forgot what this one stored.
    state.withLock { state in if state.writing == commit { state.writing = nil } }
  }
}
