/** The store in a file keeps the contract of stores, with its thread. */
import { storeContract } from "../../collect/store/conformance.ts";
import { openTemporary } from "./collect_store_fixture.ts";

storeContract("openSqliteStore()", openTemporary, 40);
