//! Local servers that speak the gateways' wire APIs: demos and tests run the real adapters.

mod page;
pub mod sandbox;
