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
    var places: [ContentKey: ContentPlace] = [:]
    /// The same from the generation before, so that what is asked for stays.
    var earlier: [ContentKey: ContentPlace] = [:]
  }

  private let state = Mutex(State())
  /// In each of two generations, and as many of one commit more: 2 MB a generation.
  static let limit = 16_384

  /// A commit begins: what was erased since the last one is where nobody should be sent.
  /// - Parameter change: the last change on record.
  func start(after change: Int64) {
    state.withLock { state in
      guard state.change != change else { return }
      state = State(change: change)
    }
  }

  subscript(key: ContentKey) -> ContentPlace? {
    state.withLock { state in
      if let place = state.places[key] { return place }
      guard let place = state.earlier[key] else { return nil }
      state.places[key] = place
      return place
    }
  }

  /// A commit is durable.
  func add(_ new: NewContents) {
    guard !new.places.isEmpty else { return }
    state.withLock { state in
      guard state.change == new.change else { return }
      if state.places.count + new.places.count > RecentContents.limit {
        state.earlier = state.places
        state.places = [:]
      }
      state.places.merge(new.places) { $1 }
    }
  }
}

/// What one commit stored.
struct NewContents: Sendable {
  /// The last change on record when the commit began.
  var change: Int64 = -1
  var places: [ContentKey: ContentPlace] = [:]
}
