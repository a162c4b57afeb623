/// What a price is asked for: kinds of tokens that are billed apart, and what is billed by the piece.
///
/// The kinds of one call do not overlap: a token that was read from the cache is `cacheRead` and not `input`.
public enum BilledKind: String, CaseIterable, Sendable {
  /// Input tokens that are nothing more special.
  case input
  /// Input tokens that the provider found in its prompt cache.
  case cacheRead = "cache_read"
  /// Input tokens that were put into the cache for five minutes, or for as long as the provider usually keeps them.
  case cacheWrite = "cache_write"
  /// Input tokens that were put into the cache for an hour.
  case cacheWrite1Hour = "cache_write_1h"
  case inputAudio = "input_audio"
  /// Audio that was found in the cache.
  case cacheReadAudio = "cache_read_audio"
  case inputImage = "input_image"
  case inputVideo = "input_video"
  /// Output tokens that are nothing more special.
  case output
  /// Output tokens that were thought and not said.
  case reasoning
  case outputAudio = "output_audio"
  case outputImage = "output_image"
  /// A search on the web that the provider ran.
  case webSearch = "web_search"
  /// The call itself.
  case request

  /// Which side of the call a kind is on.
  public enum Side: Sendable {
    case input, output
    /// Pieces, which are billed beside the tokens.
    case pieces
  }

  public var side: Side {
    switch self {
    case .input, .cacheRead, .cacheWrite, .cacheWrite1Hour, .inputAudio, .cacheReadAudio, .inputImage, .inputVideo:
      .input
    case .output, .reasoning, .outputAudio, .outputImage: .output
    case .webSearch, .request: .pieces
    }
  }

  /// What the tokens are billed as where no price names them apart; nil for kinds that must have a price of their own.
  ///
  /// Reasoning is billed as output, images and video as input, unless a table says otherwise. A cache is never billed as input:
  /// reading from it costs a tenth or a half of that, writing to it more, and a guess would be wrong either way. Audio costs
  /// a multiple of text where it differs, so that a table has to say that it does not.
  var general: BilledKind? {
    switch self {
    case .reasoning, .outputImage: .output
    case .inputImage, .inputVideo: .input
    default: nil
    }
  }

  /// For people: `cache-read input tokens`.
  public var words: String {
    switch self {
    case .input: "input tokens"
    case .cacheRead: "cache-read input tokens"
    case .cacheWrite: "cache-write input tokens"
    case .cacheWrite1Hour: "input tokens cached for 1 h"
    case .inputAudio: "audio input tokens"
    case .cacheReadAudio: "cache-read audio tokens"
    case .inputImage: "image input tokens"
    case .inputVideo: "video input tokens"
    case .output: "output tokens"
    case .reasoning: "reasoning tokens"
    case .outputAudio: "audio output tokens"
    case .outputImage: "image output tokens"
    case .webSearch: "web searches"
    case .request: "requests"
    }
  }
}
