//! `#[derive(FromWire)]`: reads a struct from JSON as serde's `Serialize` writes it, in as little code as can be. Knows the
//! attributes of serde that say what a field is called, and refuses those it does not know.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, LitStr, parse_macro_input};

/// Implements `domain::wire::FromWire` and, for those who flatten it, `FromFields`.
///
/// It follows serde's attributes `rename`, `default` and `flatten`, and ignores those that concern writing only.
#[proc_macro_derive(FromWire, attributes(serde))]
pub fn from_wire(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    read(&item).unwrap_or_else(|error| error.into_compile_error()).into()
}

fn read(item: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &item.data else { return Err(other(item)) };
    let Fields::Named(named) = &data.fields else { return Err(other(item)) };
    let name = &item.ident;
    let fields = named.named.iter().map(field).collect::<syn::Result<Vec<_>>>()?;
    Ok(quote! {
        impl crate::domain::wire::FromFields for #name {
            fn from_fields(
                fields: &mut crate::domain::wire::Fields,
            ) -> ::std::result::Result<Self, crate::domain::wire::Unreadable> {
                ::std::result::Result::Ok(Self { #(#fields,)* })
            }
        }

        impl crate::domain::wire::FromWire for #name {
            fn from_wire(
                value: ::serde_json::Value,
            ) -> ::std::result::Result<Self, crate::domain::wire::Unreadable> {
                <Self as crate::domain::wire::FromFields>::from_fields(&mut crate::domain::wire::Fields::of(value)?)
            }
        }
    })
}

/// Writes how one field gets its value.
fn field(field: &Field) -> syn::Result<TokenStream> {
    let Some(ident) = &field.ident else { return Err(other(field)) };
    let mut name = ident.to_string();
    let (mut is_flat, mut has_default) = (false, false);
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.path.is_ident("default") && !meta.input.peek(syn::Token![=]) {
                has_default = true;
            } else if meta.path.is_ident("flatten") {
                is_flat = true;
            } else if meta.path.is_ident("skip_serializing_if") {
                meta.value()?.parse::<LitStr>()?;
            } else {
                return Err(meta.error("FromWire does not know how to read this"));
            }
            Ok(())
        })?;
    }
    Ok(match (is_flat, has_default) {
        (true, _) => quote!(#ident: crate::domain::wire::FromFields::from_fields(fields)?),
        (_, true) => quote!(#ident: fields.take::<::std::option::Option<_>>(#name)?.unwrap_or_default()),
        (_, false) => quote!(#ident: fields.take(#name)?),
    })
}

fn other(item: &impl quote::ToTokens) -> syn::Error {
    syn::Error::new_spanned(item, "FromWire reads structs with named fields; write it by hand for anything else")
}
