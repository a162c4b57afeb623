/// The number of a token in its vocabulary, as models and providers count them.
public typealias TokenID = UInt32
