/** The store of chat in a file keeps the contract of stores, with its thread. */
import { chatStoreContract } from "../../chat/store/conformance.ts";
import { openTemporaryChat } from "./chat_store_fixture.ts";

chatStoreContract("openSqliteChatStore()", openTemporaryChat, 40);
