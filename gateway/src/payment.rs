//! Payment gateways: one pair of files each, the calls and the wire.

mod amount;
mod call;
mod channel;
pub mod midtrans;
pub mod sandbox;
pub mod tripay;
pub mod xendit;

pub use call::Patience;
pub(crate) use midtrans::signature as midtrans_signature;
pub(crate) use tripay::hmac as tripay_hmac;
