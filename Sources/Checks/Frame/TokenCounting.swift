public import Project
internal import Synchronization
internal import Tokenization

/// Counts tokens as the models of a project do, for whoever asks beside checks, from any thread.
public final class TokenCounting: Sendable {
  private let shelf: Mutex<TokenizerShelf>

  /// Vocabularies are read when they are first needed.
  public init(_ project: Project) {
    shelf = Mutex(TokenizerShelf(project))
  }

  /// Tokens of a text; nil where nobody says how the model counts, or its vocabulary cannot be read.
  public func count(_ text: [UInt8], of model: String) -> Int? {
    shelf.withLock { $0.volume(of: model).tokenizer }?.count(text)
  }
}
