/// The usage of a call taken apart into kinds that do not overlap and each have one price.
///
/// What a call reports are wholes and parts of them. A part that the prices name apart is taken out of its whole; a part
/// that they do not name stays in it. The rest of the whole is billed as the whole.
struct BilledQuantities {
  private(set) var quantities: [(kind: BilledKind, count: Int64)] = []
  private(set) var gaps: [PriceGap] = []

  /// - Parameters:
  ///   - isEmbedding: the call has no output, so that none need be reported.
  init(_ usage: TokenBuckets, _ sheet: PriceSheet, isEmbedding: Bool) {
    guard usage.input != nil || usage.output != nil || usage.webSearches ?? 0 > 0 else {
      gaps = [.noUsage]
      return
    }
    addInput(usage, sheet)
    if !isEmbedding || usage.output ?? 0 > 0 { addOutput(usage, sheet) }
    add(.webSearch, usage.webSearches ?? 0)
    // Only where calls themselves are billed, and then each of them is.
    if sheet[.request] != nil { add(.request, 1) }
  }

  private mutating func add(_ kind: BilledKind, _ count: Int64) {
    if count > 0 { quantities.append((kind, count)) }
  }

  private mutating func addInput(_ usage: TokenBuckets, _ sheet: PriceSheet) {
    guard let input = usage.input else { return gaps.append(.sideMissing(.input)) }
    let hour = usage.cacheWrite1Hour ?? 0
    // Writes that are reported by how long they last may have no sum, or a sum that knows more.
    let writes = max(usage.cacheWrite ?? 0, hour &+ (usage.cacheWrite5Minutes ?? 0))
    let audio = usage.inputAudio ?? 0
    // Audio in the cache is told apart only if it was reported so, and never more of it than there is.
    let cachedAudio = min(usage.cacheReadAudio ?? 0, audio, usage.cacheRead ?? 0)
    var parts: [(BilledKind, Int64)] = [
      (.cacheRead, (usage.cacheRead ?? 0) &- cachedAudio), (.cacheReadAudio, cachedAudio),
      (.cacheWrite, writes &- hour),
      (.cacheWrite1Hour, hour), (.inputAudio, audio &- cachedAudio),
    ]
    // Where images cost what text costs, those that were read from the cache need not be told apart.
    if sheet[.inputImage] != nil { parts.append((.inputImage, usage.inputImage ?? 0)) }
    if sheet[.inputVideo] != nil { parts.append((.inputVideo, usage.inputVideo ?? 0)) }
    divide(.input, input, parts)
  }

  private mutating func addOutput(_ usage: TokenBuckets, _ sheet: PriceSheet) {
    guard let output = usage.output else { return gaps.append(.sideMissing(.output)) }
    var parts: [(BilledKind, Int64)] = [(.outputAudio, usage.outputAudio ?? 0)]
    if sheet[.outputImage] != nil { parts.append((.outputImage, usage.outputImage ?? 0)) }
    if sheet[.reasoning] != nil { parts.append((.reasoning, usage.reasoning ?? 0)) }
    divide(.output, output, parts)
  }

  private mutating func divide(_ whole: BilledKind, _ count: Int64, _ parts: [(kind: BilledKind, count: Int64)]) {
    var rest = count
    for part in parts {
      let (difference, overflow) = rest.subtractingReportingOverflow(part.count)
      guard part.count >= 0, !overflow, difference >= 0 else { return gaps.append(.inconsistent(whole)) }
      rest = difference
    }
    add(whole, rest)
    for part in parts { add(part.kind, part.count) }
  }
}
