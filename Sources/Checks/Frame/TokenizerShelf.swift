import Project
import Records
import Synchronization
import Tokenization

/// The vocabularies that `tally.yaml` names for its models, read when they are first asked for, and once for all subjects.
final class TokenizerShelf: Sendable {
  enum Volume: Sendable {
    /// The file is named by the hash of its bytes.
    case tokenizer(Tokenizer, sha256: SHA256Digest)
    /// The file is named, and does not give one: why, in words.
    case unreadable(String)
    /// Nobody says how the model counts.
    case undeclared

    var tokenizer: Tokenizer? { if case .tokenizer(let tokenizer, _) = self { tokenizer } else { nil } }
    var sha256: SHA256Digest? { if case .tokenizer(_, let sha256) = self { sha256 } else { nil } }
  }

  private let project: Project
  /// By file; a vocabulary takes some 50 MB at most, and few projects have more than these.
  private let volumes = Mutex(BoundedCache<String, Volume>(limit: 8))

  init(_ project: Project) {
    self.project = project
  }

  /// The vocabulary of a model.
  func volume(of model: String) -> Volume {
    guard let file = project.models[model]?.tokenizer else { return .undeclared }
    return volumes.withLock { volumes in
      if let known = volumes[file] { return known }
      let volume = read(file)
      volumes.remember(volume, for: file)
      return volume
    }
  }

  private func read(_ file: String) -> Volume {
    do {
      let (bytes, path) = try bytes(of: file)
      return .tokenizer(try Tokenizer(reading: bytes, file: path), sha256: SHA256Digest(of: bytes))
    } catch {
      return .unreadable("\(error)")
    }
  }

  /// A name alone, such as `o200k_base`, stands for the rank file of that name.
  private func bytes(of file: String) throws -> (bytes: [UInt8], path: String) {
    do {
      return (try project.bytes(of: file), file)
    } catch {
      guard !file.contains(".") else { throw error }
      let path = file + ".tiktoken"
      return (try project.bytes(of: path), path)
    }
  }
}
