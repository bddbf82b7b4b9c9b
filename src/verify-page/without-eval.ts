import { z } from "zod";

// The policy of the page forbids making code out of text, which zod would try as soon as a form is made: hence first.
z.config({ jitless: true });
