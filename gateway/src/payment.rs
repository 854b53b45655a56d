//! Payment gateways: one pair of files each, the calls and the wire.

pub mod sandbox;
