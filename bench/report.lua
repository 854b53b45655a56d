-- wrk: the figures of a run as one line of JSON.
function done(summary, latency, requests)
  local rate = summary.requests / (summary.duration / 1000000)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\n{"rate":%.1f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"failed":%d}\n', rate,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, failed))
end
