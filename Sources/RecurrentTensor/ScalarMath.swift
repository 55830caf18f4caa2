#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@inline(__always)
func naturalLogarithm(_ x: Scalar) -> Scalar {
  #if RECURRENT_DOUBLE
  log(x)
  #else
  logf(x)
  #endif
}

@inline(__always)
func logarithmOfOnePlus(_ x: Scalar) -> Scalar {
  #if RECURRENT_DOUBLE
  log1p(x)
  #else
  log1pf(x)
  #endif
}

@inline(__always)
func exponential(_ x: Scalar) -> Scalar {
  #if RECURRENT_DOUBLE
  exp(x)
  #else
  expf(x)
  #endif
}

@inline(__always)
func cosineOf(_ x: Scalar) -> Scalar {
  #if RECURRENT_DOUBLE
  cos(x)
  #else
  cosf(x)
  #endif
}

@inline(__always)
func sineOf(_ x: Scalar) -> Scalar {
  #if RECURRENT_DOUBLE
  sin(x)
  #else
  sinf(x)
  #endif
}
