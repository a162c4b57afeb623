// One kernel, once, as one line of JSON: the runner repeats and interleaves it with its peers.
//
// usage: bench-micro flip ITEMS RESAMPLES
//        bench-micro binary ITEMS
//        bench-micro bootstrap ITEMS CLUSTERS RESAMPLES

import Statistics

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().compactMap { Int($0) }

switch (arguments.first, numbers.count) {
case ("flip", 2):
  let differences = Worlds.differences(numbers[0])
  let (seconds, test) = timed { SignFlip.test(differences, resamples: numbers[1], seed: 1) }
  print(#"{"seconds": \#(seconds), "p": \#(test.pValue)}"#)
case ("binary", 1):
  // The sign-flip distribution of outcomes 0 and 1 is a binomial one: no resampling.
  let differences = Worlds.differences(numbers[0]).map { $0 > 0.01 ? 1.0 : $0 < -0.01 ? -1.0 : 0 }
  let (seconds, test) = timed { SignFlip.test(differences, seed: 1) }
  print(#"{"seconds": \#(seconds), "p": \#(test.pValue)}"#)
case ("bootstrap", 3):
  let world = Worlds.clusters(items: numbers[0], clusters: numbers[1])
  let (seconds, interval) = timed {
    Bootstrap.ratio(numerators: world.sums, denominators: world.sizes, resamples: numbers[2], seed: 1)?.percentile()
  }
  print(#"{"seconds": \#(seconds), "low": \#(interval?.low ?? .nan), "high": \#(interval?.high ?? .nan)}"#)
default:
  print("usage: bench-micro flip ITEMS RESAMPLES | binary ITEMS | bootstrap ITEMS CLUSTERS RESAMPLES")
}
