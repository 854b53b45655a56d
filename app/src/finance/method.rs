//! What ways to pay are called.

use service::{Actor, Ctx};

/// Codes of methods become names; the code stays where a method is not switched on any more.
pub fn name_methods<'a>(ctx: &Ctx, actor: &Actor, codes: impl IntoIterator<Item = &'a mut String>) {
    let methods = service::payment::methods(ctx, actor.locale);
    for code in codes {
        if let Some(method) = methods.iter().find(|method| method.code == *code) {
            code.clone_from(&method.name);
        }
    }
}
