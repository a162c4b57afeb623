public import Pricing
import Records

/// Reads a table of prices, told by its content: the list of providers of genai-prices, or LiteLLM's map of models.
public enum PriceFile {
  /// Reads a file, which may be compressed.
  /// - Parameter validity: when the prices hold, if the file itself does not say.
  /// - Throws: `IntakeError` with line and column.
  public static func read(_ path: String, validity: Validity = .always) throws -> PriceTable {
    try read(try ByteSource(path: path), validity: validity)
  }

  public static func read(_ source: ByteSource, validity: Validity = .always) throws -> PriceTable {
    try withExtendedLifetime(source) {
      // The version is that of the content: packing a table again does not change its prices.
      let version = SHA256Digest(of: source.bytes)
      var reader = JSONReader(bytes: source.bytes, name: source.name)
      let directory: any PriceDirectory
      switch try reader.peek() {
      case .array: directory = try ProviderPriceReader.read(&reader)
      case .object: directory = try ModelPriceReader.read(&reader)
      default: throw notPrices(reader, at: reader.offset)
      }
      try reader.expectEnd()
      guard directory.count > 0 else { throw notPrices(reader, at: 0) }
      return PriceTable(
        source: source.name, version: version, bytes: Int64(source.bytes.count), validity: validity,
        directory: directory)
    }
  }

  private static func notPrices(_ reader: JSONReader, at offset: Int) -> IntakeError {
    reader.error(
      atOffset: offset, problem: "holds no table of prices that is known",
      remedy: "Name the data file of genai-prices (a list of providers) or LiteLLM's map of models")
  }
}
